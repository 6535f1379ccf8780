"""What makes the program installable: the manifest and the service worker, filled in for this version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import gettext as _

if TYPE_CHECKING:
    from psfs.config import Config

KEPT = (
    "css/*.css",
    "js/**/*.js",
    "icons/icon.svg",
    "vendor/htmx/*.js",
    "vendor/designsystemet/*.css",
    "vendor/aksel-icons/*.svg",
    "vendor/*/*-latin-wght-normal.woff2",
)
OFFLINE_ONLY = ("js/offline/*.js", "css/offline.css")
SHELLS = ("/frakopla/nb", "/frakopla/en")  # the offline page in the other languages
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


def manifest() -> dict[str, Any]:
    """The web app manifest, in the language of the request."""
    icons = [
        {"src": _static(f"icons/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    shortcuts = [(_("Arbeidsliste"), "worklist.home"), (_("Søk"), "cases.search"), (_("Ny person"), "cases.new")]
    return {
        "id": "/",
        "name": _("Kva er viktig for deg?"),
        "short_name": _("Kva er viktig"),
        "description": _("Samtalar om kva som er viktig, og stafettlogg for betre tverrfagleg innsats."),
        "lang": "nn",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "categories": ["medical", "productivity"],
        "icons": [{"src": _static("icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"}, *icons],
        "shortcuts": [
            {"name": name, "url": url_for(endpoint), "icons": [icons[0]]}
            for name, endpoint in shortcuts
            if endpoint in current_app.view_functions
        ],
    }


def kept_files() -> list[str]:
    """The static files that the service worker fetches at once; the rest it keeps when they are first used."""
    config: Config = current_app.extensions["psfs_config"]
    found = {path for pattern in KEPT for path in config.static_dir.glob(pattern)}
    names = sorted(path.relative_to(config.static_dir).as_posix() for path in found)
    return [name for name in names if name != "js/sw.js" and name not in offline_files()]


def offline_files() -> list[str]:
    """The static files that it keeps too where somebody records offline: a first visit does without them."""
    config: Config = current_app.extensions["psfs_config"]
    found = {path for pattern in OFFLINE_ONLY for path in config.static_dir.glob(pattern)}
    return sorted(path.relative_to(config.static_dir).as_posix() for path in found)


def worker() -> str:
    """The service worker of this version."""
    config: Config = current_app.extensions["psfs_config"]
    source = Path(config.static_dir, "js", "sw.js").read_text(encoding="utf-8")
    values = {
        '"__VERSION__"': current_app.config["STATIC_VERSION"],
        '"__PREFIX__"': current_app.config["STATIC_PREFIX"],
        '["__FILES__"]': kept_files(),
        '"__OFFLINE__"': url_for("pwa.offline"),
        '["__MORE__"]': [*SHELLS, *map(_static, offline_files())],
    }
    for place, value in values.items():
        if source.count(place) != 1:
            raise RuntimeError(f"sw.js must hold {place} once")
        source = source.replace(place, json.dumps(value))
    return source


def _static(path: str) -> str:
    return f"{current_app.config['STATIC_PREFIX']}{path}"
