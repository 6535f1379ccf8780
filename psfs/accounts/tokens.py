"""What goes out in a page and comes back: proof of who made it and for whom."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

if TYPE_CHECKING:
    import uuid
    from datetime import timedelta


def bound_secret(user_id: uuid.UUID) -> str:
    """A new secret for a session's form tokens, which tells us (and nobody else) for whom it was made."""
    return _bind(secrets.token_hex(16), user_id)


def is_bound_to(secret: str, user_id: uuid.UUID) -> bool:
    """Whether a form token's secret was made for this account, be it in an earlier session."""
    return hmac.compare_digest(secret.encode(), _bind(secret.partition(".")[0], user_id).encode())


def form_token_secret(token: str) -> str:
    """The secret in a form token that this program made; empty if it did not."""
    try:
        return str(URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token").loads(token))
    except BadData:
        return ""


def sign(purpose: str, value: object) -> str:
    """``value`` as text that nobody can change."""
    return str(_serializer(purpose).dumps(value))


def read(purpose: str, text: str, lifetime: timedelta) -> Any:
    """The value that ``sign`` was given; None if the text is another's, changed or too old."""
    try:
        return _serializer(purpose).loads(text, max_age=int(lifetime.total_seconds()))
    except BadData:
        return None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"psfs {purpose}")


def _bind(random: str, user_id: uuid.UUID) -> str:
    key = str(current_app.secret_key).encode()
    return f"{random}.{hmac.new(key, f'form {random} {user_id}'.encode(), hashlib.sha256).hexdigest()}"
