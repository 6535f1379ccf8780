"""Headers on every answer, and a log that says nothing of people."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from flask import g, request
from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
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


def log_as_json() -> None:
    """One JSON object a line on standard error, from our own loggers only."""
    logger = logging.getLogger("psfs")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
