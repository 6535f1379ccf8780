"""Reading scores in from a page: first what would come of it, and nothing written; then all of it or nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psfs import audit, clock
from psfs.domain.errors import Refusal
from psfs.exchange import words
from psfs.exchange.importer import Counts, bring_in
from psfs.exchange.parse import read
from psfs.exchange.receiving import receiver
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    from psfs.domain.scoring import Scale
    from psfs.models import User


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file comes to: what is or would be written, and every fault in words. With faults nothing is written."""

    counts: Counts
    faults: tuple[str, ...]


def look(content: bytes, scale: Scale, service: str | None) -> Outcome:
    """What would come of the file; nothing is written. Raises Refusal: there is no such service."""
    return _read(content, scale, service, keep=False)


def bring(content: bytes, scale: Scale, service: str | None, by: User) -> Outcome:
    """Read the file in, checked anew from the beginning. Who did it stands in the security log. Raises as ``look``."""
    done = _read(content, scale, service, keep=True)
    if not done.faults:
        begin_write()
        counts = {"people": done.counts.people, "forms": done.counts.forms, "conversations": done.counts.talks}
        audit.record_security("scores_imported", actor_id=by.id, actor=by.name, **counts)
        db.session.commit()
    return done


def _read(content: bytes, scale: Scale, service: str | None, *, keep: bool) -> Outcome:
    receives = receiver(service, None)
    if not content.strip():
        raise Refusal("empty_file")
    reading = read(io.BytesIO(content), today=clock.today(), scale=scale)
    counts = bring_in(reading, scale, *receives, keep=keep)
    faults = sorted(reading.faults, key=lambda one: one.line)
    return Outcome(counts, tuple(words.sentence(fault) for fault in faults))
