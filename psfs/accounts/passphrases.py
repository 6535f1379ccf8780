"""Passphrases: argon2id, at least twelve characters, none of the common ones, no rules of composition."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()
_NOBODY = HASHER.hash("nobody has this passphrase")


def verify(stored: str | None, given: str) -> bool:
    """Whether ``given`` is the passphrase; takes as long for an account that has none or does not exist."""
    try:
        HASHER.verify(stored or _NOBODY, given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
