"""What the page for holding a conversation shows: the activities with what was typed and what is wrong."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from psfs.conversations.inputs import same_words
from psfs.domain.activities import MAX_ACTIVE, answer_faults
from psfs.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from werkzeug.datastructures import MultiDict

    from psfs.conversations.answers import Sent
    from psfs.conversations.views import ActivityView, Cell, FormView
    from psfs.domain.errors import Refusal

DATES = {"date_in_future": "held_on", "date_before_birth": "held_on", "next_due_too_early": "next_due"}
"""Faults that stand beside a date field of the form."""
WORDS_FAULTS = frozenset({"activity_blank", "activity_too_long", "activity_twice", "activity_id_used"})


@dataclass(frozen=True, slots=True)
class Panel:
    """One activity on the page: its scale with what was typed, and how it was scored last."""

    id: uuid.UUID
    text: str
    new: bool
    value: str = ""
    reason: str = ""
    retire: str = ""
    retire_note: str = ""
    error: str = ""
    text_error: str = ""
    note_error: str = ""
    earlier: Cell | None = None

    @property
    def touched(self) -> bool:
        """Whether a new activity has anything in it."""
        return bool(self.text or self.value or self.error or self.text_error)


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Everything the page needs beside its form."""

    view: FormView
    panels: tuple[Panel, ...]
    new_panels: tuple[Panel, ...]
    earlier_on: date | None
    summary: tuple[dict[str, str], ...]

    @property
    def spoken_of(self) -> list[str]:
        """What the script names: on a later conversation the activities of the one before, not those come since."""
        earlier = [one.text for one in self.panels if one.earlier is not None]
        return earlier or [one.text for one in self.panels]

    @property
    def first(self) -> bool:
        """Whether this is the form's first conversation."""
        return self.earlier_on is None


def conversation_page(
    view: FormView, day: date, typed: MultiDict[str, str] | None = None, faults: Iterable[Refusal] = ()
) -> ConversationPage:
    """The page for a conversation on ``day``, with what was typed and what is wrong with it."""
    typed = typed if typed is not None else _nothing()
    faults = list(faults)
    active = view.active_on(day)
    earlier = view.before(day)
    errors = _by_place(faults)
    panels = tuple(
        Panel(
            id=one.id,
            text=one.text,
            new=False,
            value=typed.get(f"answer-{one.id}", ""),
            reason=typed.get(f"reason-{one.id}", ""),
            retire=typed.get(f"retire-{one.id}", ""),
            retire_note=typed.get(f"retire-note-{one.id}", ""),
            error=errors.get(("answer", one.id), ""),
            note_error=errors.get(("retire-note", one.id), ""),
            earlier=earlier.cells.get(one.id) if earlier else None,
        )
        for one in active
    )
    new_panels = tuple(
        Panel(
            id=one,
            text=typed.get(f"text-{one}", ""),
            new=True,
            value=typed.get(f"answer-{one}", ""),
            reason=typed.get(f"reason-{one}", ""),
            error=errors.get(("answer", one), ""),
            text_error=errors.get(("text", one), ""),
        )
        for one in _new_ids(view, day, typed)
    )
    shown = [*panels, *new_panels]
    return ConversationPage(
        view=view,
        panels=panels,
        new_panels=new_panels,
        earlier_on=earlier.held_on if earlier else None,
        summary=tuple(_summary(fault, view.activities, shown, day) for fault in faults),
    )


def missing_answers(view: FormView, day: date, sent: Sent) -> list[Refusal]:
    """What lacks an answer, found also where the rest of the page has faults of its own."""
    wanted = [one.id for one in view.active_on(day) if one.id not in sent.retired] + [one.id for one in sent.added]
    return [fault for fault in answer_faults(wanted, sent.answers) if fault.code == "answer_missing"]


def to_take_up(view: FormView, today: date) -> dict[uuid.UUID, uuid.UUID]:
    """The ended activities that can be taken up again, each with an id for the new one: the last of the same words,
    unless those words are asked about already."""
    if len([one for one in view.activities if one.retired_on is None]) >= MAX_ACTIVE:
        return {}
    found = {
        one.id: uuid.uuid4()
        for place, one in enumerate(view.activities, 1)
        if one.retired_on is not None and not any(same_words(one.text, later.text) for later in view.activities[place:])
    }
    asked = [one.text for one in view.active_on(today) if one.retired_on is None]
    return {key: new for key, new in found.items() if not any(same_words(view.text_of(key), text) for text in asked)}


def _nothing() -> MultiDict[str, str]:
    from werkzeug.datastructures import MultiDict

    return MultiDict()


def _new_ids(view: FormView, day: date, typed: MultiDict[str, str]) -> list[uuid.UUID]:
    """Ids for the empty rows of new activities: those the page had, else fresh ones; one even on a full form."""
    known = {one.id for one in view.activities}
    ids: list[uuid.UUID] = []
    for value in typed.getlist("new"):
        try:
            ids.append(uuid.UUID(value))
        except ValueError:
            continue
    ids = [one for one in dict.fromkeys(ids) if one not in known]
    wanted = max(1, view.room_on(day))
    return ids or [uuid.uuid4() for _place in range(wanted)]


def _by_place(faults: Sequence[Refusal]) -> dict[tuple[str, uuid.UUID], str]:
    """The words for each field of each activity."""
    found: dict[tuple[str, uuid.UUID], str] = {}
    for fault in faults:
        activity = fault.values.get("activity")
        if isinstance(activity, uuid.UUID):
            found.setdefault((_place(fault), activity), _own_words(fault))
    return found


def _place(fault: Refusal) -> str:
    """The field of an activity that is at fault: its answer, its own words, or the words on why it ends."""
    return "text" if fault.code in WORDS_FAULTS else str(fault.values.get("field", "answer"))


def _own_words(fault: Refusal) -> str:
    return _("Vel eit tal, eller «Ikkje spurt».") if fault.code == "answer_missing" else message(fault)


def _summary(fault: Refusal, activities: Sequence[ActivityView], shown: Sequence[Panel], day: date) -> dict[str, str]:
    activity = fault.values.get("activity")
    if not isinstance(activity, uuid.UUID):
        return {"text": message(fault), "href": ""}
    panel = next((one for one in shown if one.id == activity), None)
    if panel is None:
        text = next((one.text for one in activities if one.id == activity), "")
        return {"text": _left_out(text) if text else message(fault), "href": ""}
    place = _place(fault)
    href = f"#{place}-{activity}" + ("-0" if place == "answer" else "")
    name = panel.text or _("Ny aktivitet")
    return {"text": _("%(activity)s: %(fault)s", activity=name, fault=_own_words(fault)), "href": href}


def _left_out(text: str) -> str:
    return _(
        "«%(activity)s» høyrer ikkje til denne dagen og er teken bort. Sjå over, og lagre igjen.",
        activity=text,
    )
