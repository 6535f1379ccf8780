"""Static files under a versioned address, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


def version_of(folder: Path) -> str:
    """Twelve characters that change when any file in ``folder`` does."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".gz", ".br"}):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def serve(app: Flask, folder: Path) -> None:
    """Serve ``folder`` under ``/static/<version>/`` and give templates ``static(path)``."""
    version = version_of(folder)
    prefix = f"/static/{version}/"

    def static(path: str) -> str:
        return prefix + path

    app.config["STATIC_VERSION"] = version
    app.config["STATIC_PREFIX"] = prefix
    app.jinja_env.globals["static"] = static
    noise = WhiteNoise(app.wsgi_app, max_age=31536000, immutable_file_test=lambda _path, _url: True)
    noise.add_files(str(folder), prefix=prefix)
    app.wsgi_app = noise  # type: ignore[method-assign]
