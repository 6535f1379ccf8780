"""Addresses that a page hands back to us: only our own are followed."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def own(address: str | None) -> str | None:
    """The address if it is a path of ours, else None."""
    if not address or not address.startswith("/") or address[1:2] in {"/", "\\"} or not address.isprintable():
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc or "\\" in address else address


def came_from() -> str | None:
    """The page of ours that the reader was on, if the browser says."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return own(parts.path + (f"?{parts.query}" if parts.query else ""))
