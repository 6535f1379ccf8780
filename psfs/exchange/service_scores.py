"""Reading scores in from a page: first what would come of it, and nothing written; then all of it or nothing."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from psfs import audit, clock
from psfs.accounts import tokens
from psfs.domain.errors import Refusal
from psfs.domain.scoring import Scale
from psfs.exchange import words
from psfs.exchange.importer import Counts, bring_in
from psfs.exchange.parse import read
from psfs.exchange.receiving import receiver
from psfs.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import User

PURPOSE = "scores import"
KEPT = timedelta(hours=12)
"""How long a preview can be said yes to; signing in lasts less."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file, which way its scores run, and who gets the cases it makes: a service, a holder's username (or None)."""

    content: bytes
    scale: Scale
    service: str | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file comes to: what is or would be written, and every fault in words, those that are alike in one.

    With faults, ``number`` of them, nothing is written. ``service``, ``holder``: the names of who gets new cases;
    ``holder`` is empty where nobody does yet.
    """

    counts: Counts
    faults: tuple[str, ...]
    number: int
    service: str
    holder: str


def look(given: Given) -> Outcome:
    """What would come of the file; nothing is written.

    Raises:
        Refusal: "empty_file", or as ``receiver``.
    """
    return _read(given)


def bring(given: Given, by: User) -> Outcome:
    """Read the file in, checked anew from the beginning. Who did it stands in the security log. Raises as ``look``."""

    def note(counts: Counts) -> None:
        told = {"people": counts.people, "forms": counts.forms, "conversations": counts.talks}
        audit.record_security("scores_imported", actor_id=by.id, actor=by.name, **told)

    try:
        return _read(given, note)
    except IntegrityError:  # somebody read the same people in at the same moment: now they are known
        db.session.rollback()
        return _read(given, note)


def seal(given: Given, by: User) -> str:
    """Proof that this account has seen what would come of just this."""
    return tokens.sign(PURPOSE, _print(given, by))


def was_seen(given: Given, by: User, proof: str) -> bool:
    """Whether ``proof`` is the seal of just this, for this account."""
    return bool(tokens.read(PURPOSE, proof, KEPT) == _print(given, by))


def _print(given: Given, by: User) -> list[str]:
    whole = hashlib.sha256(given.content).hexdigest()
    return [str(by.id), whole, given.scale.value, given.service or "", given.holder or ""]


def _read(given: Given, note: Callable[[Counts], None] | None = None) -> Outcome:
    """Write only where there is something to ``note``."""
    service, holder = receiver(given.service, given.holder)
    if not given.content.strip():
        raise Refusal("empty_file")
    reading = read(io.BytesIO(given.content), today=clock.today(), scale=given.scale)
    counts = bring_in(reading, given.scale, service, holder, keep=note is not None, note=note)
    faults = words.sentences(reading.faults)
    return Outcome(counts, faults, len(reading.faults), service, holder.name if holder else "")
