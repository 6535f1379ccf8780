"""Addresses: which paths are ours to follow, and which hosts are this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from flask import request


def own(address: str | None) -> str | None:
    """The address if it is a path of ours, else None."""
    if not address or not address.startswith("/") or "\\" in address or not address.isprintable():
        return None
    return None if address.startswith("//") else address  # however many: a browser reads "///host" as another host


def parts_of(address: str) -> SplitResult:
    """The parts of an address that a browser sent; of one that is none, nothing."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def came_from() -> str | None:
    """The page of ours that the reader was on, if the browser says."""
    parts = parts_of(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return own(parts.path + (f"?{parts.query}" if parts.query else ""))


def host(address: str) -> str:
    """The host of "host:port" or "[host]:port"."""
    return address.rpartition("]")[0].strip("[") if address.startswith("[") else address.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Whether this name or number always means the machine itself."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
