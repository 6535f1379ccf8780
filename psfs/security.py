"""Headers on every answer, and a log that says nothing of people."""

from __future__ import annotations

import logging
import sys
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from flask import g, request
from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
    from types import TracebackType

    from flask import Flask
    from werkzeug.wrappers import Response

    from psfs.config import Config

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def init_app(app: Flask, config: Config) -> None:
    """Set the headers; nothing signed-in is ever kept by a browser or a proxy."""
    log_as_json()

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if config.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if "Cache-Control" not in response.headers or g.get("user") is not None:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.after_request
    def log_request(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "-"  # the rule, never the address: it may hold a search
        logging.getLogger("psfs.request").info(
            "request",
            extra={"method": request.method, "route": rule, "status": response.status_code},
        )
        return response


class _Formatter(JsonFormatter):
    """JSON without the words of an exception: those may hold a name or a score. Its kind and place are enough."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        kind, _words, trace = ei
        return f"{kind.__name__} {' '.join(places(trace))}"

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return ""


def json_formatter() -> logging.Formatter:
    """One JSON object a line."""
    return _Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")


def places(trace: TracebackType | None) -> list[str]:
    """Where an exception came through, innermost last: file and line."""
    return [f"{'/'.join(frame.filename.rsplit('/', 2)[-2:])}:{frame.lineno}" for frame in extract_tb(trace)][-6:]


def log_as_json() -> None:
    """One JSON object a line on standard error, from our own loggers only."""
    logger = logging.getLogger("psfs")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(json_formatter())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
