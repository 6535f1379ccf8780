"""Append-only log of changes and of reading. Nobody else writes ``audit_entry`` and ``list_sighting``."""

from . import notes
from .chain import Fault, Head, heads
from .recorder import Actor, MissingActorError, acting, record_reading, record_security
from .verifying import fill_index, verify

__all__ = [
    "Actor",
    "Fault",
    "Head",
    "MissingActorError",
    "acting",
    "fill_index",
    "heads",
    "notes",
    "record_reading",
    "record_security",
    "verify",
]
