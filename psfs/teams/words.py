"""Words for the codes of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

KINDS: dict[str, LazyString] = {
    "related": _l("Pårørande eller verje"),
    "external": _l("Nokon utanfor kommunen"),
    "person": _l("Personen sjølv"),
}
MEETINGS: dict[str, tuple[LazyString, str]] = {
    "planned": (_l("Planlagt"), "info"),
    "held": (_l("Halde"), "success"),
    "cancelled": (_l("Avlyst"), "neutral"),
}
"""What each state of a meeting is called, and its colour."""
AGENDA = _l("Kva er viktig for deg?\nKva har me gjort sidan sist?\nKva gjer me no, og kven gjer kva?\nNeste møte")
"""What stands on the agenda until somebody writes something else."""
EVENT = _l("Møte i oppfølgingsteamet")
"""What the meeting is called in a calendar, where others may read it: no name."""
EVENT_TEXT = _l("Sjå innkallinga i «Kva er viktig for deg?».")
YES_NO: dict[str, LazyString] = {"yes": _l("Ja"), "no": _l("Nei")}
