"""Static files under a versioned address, so that browsers may keep them for ever, and compressed in advance."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from flask import Flask

PACKED = "static-"
SHRINK = frozenset({".css", ".js", ".svg"})
OLD_SECONDS = 24 * 3600  # by then no server is left that serves an earlier version


def pack(folder: Path, instance: Path) -> Path:
    """Make a copy of ``folder`` in ``instance`` with a ``.br`` and a ``.gz`` beside what shrinks.

    Half a second for a new version, nothing when it is there. ``serve`` takes the files from it when it is there.
    """
    target = _packed(folder, instance)
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory(dir=instance) as made:
        copy = Path(made, "copy")
        shutil.copytree(folder, copy)
        for path in [path for path in copy.rglob("*") if path.suffix in SHRINK]:
            content = path.read_bytes()
            Path(f"{path}.br").write_bytes(brotli.compress(content))
            Path(f"{path}.gz").write_bytes(gzip.compress(content, mtime=0))
        try:
            copy.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was quicker
                raise
    for earlier in instance.glob(f"{PACKED}*"):
        if earlier != target and earlier.stat().st_mtime < time.time() - OLD_SECONDS:
            shutil.rmtree(earlier, ignore_errors=True)
    return target


def _packed(folder: Path, instance: Path) -> Path:
    return instance / f"{PACKED}{version_of(folder)}"


def version_of(folder: Path) -> str:
    """Twelve characters that change when any file in ``folder`` does."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".gz", ".br"}):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def serve(app: Flask, folder: Path, instance: Path) -> None:
    """Serve ``folder`` under ``/static/<version>/``, packed if ``pack`` was there; give templates ``static(path)``."""
    version = version_of(folder)
    prefix = f"/static/{version}/"

    def static(path: str) -> str:
        return prefix + path

    app.config["STATIC_VERSION"] = version
    app.config["STATIC_PREFIX"] = prefix
    app.jinja_env.globals["static"] = static
    noise = WhiteNoise(app.wsgi_app, max_age=31536000, immutable_file_test=lambda _path, _url: True)
    packed = _packed(folder, instance)
    noise.add_files(str(packed if packed.is_dir() else folder), prefix=prefix)
    app.wsgi_app = noise  # type: ignore[method-assign]
