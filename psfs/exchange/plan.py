"""What an import will change for one person, or why it may not: the file's lines against what is stored. Pure.

Importing files one after the other ends where one file with all their lines would have: spans are computed anew over
old and new conversations. What staff have since decided in the program stands: an activity that they added or retired
on a day of their own keeps its span, a form that they closed keeps its day, and a file that does not fit is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psfs.domain.activities import MAX_ACTIVE, Span, active_on, check_limit
from psfs.domain.errors import Refusal

from .history import Scores, spans
from .parse import Fault

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from psfs.domain.scoring import Scale

    from .history import FormLines, PersonLines, Talk
    from .stored import StoredActivity, StoredForm, StoredPerson, StoredTalk

    Complain = Callable[..., None]
_ABSENT = object()


@dataclass(slots=True)
class ActivityPlan:
    """An activity as it will be; ``stored`` as it is now, None when it is new."""

    text: str
    position: int
    span: Span[str]
    stored: StoredActivity | None


@dataclass(slots=True)
class NewTalk:
    """A conversation to be added, with one score or None (not asked) for each activity that is active then."""

    held_on: date
    performed_by: str
    scores: Scores


@dataclass(slots=True)
class FormPlan:
    """A form as it will be. Without new conversations nothing about it changes."""

    number: int
    stored: StoredForm | None
    opened_on: date
    last_on: date
    closed_on: date | None = None
    activities: list[ActivityPlan] = field(default_factory=list)
    talks: list[NewTalk] = field(default_factory=list)
    not_asked: list[tuple[uuid.UUID, str]] = field(default_factory=list)  # known conversation, activity


@dataclass(slots=True)
class PersonPlan:
    """The forms that get new conversations, every form's closing day, and how much was known already."""

    forms: list[FormPlan] = field(default_factory=list)
    closings: dict[int, date | None] = field(default_factory=dict)
    known: int = 0
    struck: int = 0

    @property
    def changes(self) -> bool:
        return any(form.talks for form in self.forms)


def plan_person(
    person: PersonLines, stored: StoredPerson | None, scale: Scale, faults: list[Fault], *, whole: bool = True
) -> PersonPlan:
    """Hold one person's lines against what is stored, and add to ``faults`` whatever stands in the way.

    ``whole`` is False when lines of the file could not be read, so that what is missing says nothing.
    """
    plan = PersonPlan()
    if stored:
        for part in ("name", "birth_date"):
            told = getattr(person, part)
            if told is not None and told != getattr(stored, part):
                faults.append(Fault(person.line, f"{part}_differs_stored"))
    for lines in sorted(person.forms.values(), key=lambda form: form.number):
        known = stored.forms.get(lines.number) if stored else None
        if known and known.scale != scale:
            faults.append(Fault(lines.line, "scale_differs", {"form": lines.number}))
            continue
        form = _FormPlanner(lines, known, faults, whole=whole and person.whole)
        plan.known += form.known
        plan.struck += form.struck
        if form.new:
            plan.forms.append(form.plan())
    if plan.changes:
        _close(plan, person, stored, faults)
        if stored and stored.case and stored.case.closed:
            faults.append(Fault(min(person.forms[form.number].line for form in plan.forms), "case_closed_here"))
    return plan


class _FormPlanner:
    """One form: which of its conversations are new, and what they do to its activities."""

    def __init__(self, lines: FormLines, stored: StoredForm | None, faults: list[Fault], *, whole: bool) -> None:
        self._lines = lines
        self._stored = stored
        self._faults = faults
        self._live = stored.live if stored else []
        self._mentions = self._all_mentions()
        self.known = self.struck = 0
        self.new: list[Talk] = []
        for day in sorted(lines.talks):
            self._sort_out(lines.talks[day], whole and lines.talks[day].whole)

    def _all_mentions(self) -> dict[str, tuple[date, date]]:
        """The first and the last day that each activity has a line or a row on."""
        found: dict[str, tuple[date, date]] = {}
        for day, texts in _by_day([*self._live, *self._lines.talks.values()]).items():
            for text in texts:
                first, last = found.get(text, (day, day))
                found[text] = min(first, day), max(last, day)
        return found

    def _sort_out(self, talk: Talk, whole: bool) -> None:
        stored = self._stored.talks if self._stored else []
        here = [one for one in stored if one.held_on == talk.held_on]
        live = [one for one in here if not one.struck]
        if any(self._same(talk, one, whole) for one in live):
            self.known += 1
        elif live:
            self._faults.append(Fault(talk.line, "conversation_differs", {"day": talk.held_on}))
        elif any(self._same(talk, one, whole) for one in here):
            self.known += 1
            self.struck += 1
        else:
            self.new.append(talk)

    def _same(self, talk: Talk, stored: StoredTalk, whole: bool) -> bool:
        """Whether both say the same: between an activity's first and last line, no line is the same as not asked."""
        if talk.performed_by is not None and talk.performed_by != stored.performed_by:
            return False
        for text in talk.scores if not whole else talk.scores.keys() | stored.scores.keys():
            told, kept = talk.scores.get(text, _ABSENT), stored.scores.get(text, _ABSENT)
            if told is kept or told == kept:
                continue
            first, last = self._mentions.get(text, (talk.held_on, talk.held_on))
            if not ({told, kept} == {None, _ABSENT} and first < talk.held_on < last):
                return False
        return True

    def plan(self) -> FormPlan:
        """The form with the new conversations in it."""
        stored = self._stored
        days = _by_day([*self._live, *self.new])
        activities = self._activities(days)
        self._check_limit([activity.span for activity in activities], sorted(days))
        opened_on = min(days)
        if stored and stored.opened_on != min((talk.held_on for talk in self._live), default=None):
            opened_on = min(opened_on, stored.opened_on)
        plan = FormPlan(self._lines.number, stored, opened_on, max(days), activities=activities)
        for talk in self.new:
            scores = {a.text: talk.scores.get(a.text) for a in activities if a.span.covers(talk.held_on)}
            plan.talks.append(NewTalk(talk.held_on, talk.performed_by or "", scores))
        plan.not_asked = [
            (known.id, activity.text)
            for known in self._live
            for activity in activities
            if (activity.stored is None or activity.span != activity.stored.span)
            and activity.span.covers(known.held_on)
            and activity.text not in known.scores
        ]
        return plan

    def _activities(self, days: Mapping[date, Iterable[str]]) -> list[ActivityPlan]:
        """Every activity of the form, in the order of the form's rows."""
        stored = {activity.text: activity for activity in self._stored.activities} if self._stored else {}
        if self._stored and len(stored) < len(self._stored.activities):
            self._fault("activity_ambiguous")
        before = spans(_by_day(self._live))
        after = spans(days)
        fixed = {
            text: activity.span
            for text, activity in stored.items()
            if activity.reasoned or activity.span != before.get(text)
        }
        for talk in self.new:
            for text, line in talk.lines.items():
                if text in fixed and not fixed[text].covers(talk.held_on):
                    self._faults.append(Fault(line, "activity_decided_here", {"value": text}))
        texts = self._in_order(stored, after, days, keep=bool(fixed))
        return [
            ActivityPlan(text, place, fixed.get(text) or after[text], stored.get(text))
            for place, text in enumerate(texts, 1)
        ]

    def _in_order(
        self, stored: Mapping[str, StoredActivity], after: Mapping[str, Span[str]], days: Iterable[date], *, keep: bool
    ) -> list[str]:
        """By the first conversation each is in, then as they stand in it; what staff have touched stays in place."""
        start = min(days)
        new = {talk.held_on: talk for talk in self.new}

        def place(text: str) -> tuple[date, int]:
            day = after[text].active_from or start
            line = new[day].lines.get(text) if day in new else None
            return day, stored[text].position if line is None else line

        if not keep:
            return sorted(after, key=place)
        known = sorted(stored, key=lambda text: stored[text].position)
        return known + sorted(after.keys() - stored.keys(), key=place)

    def _check_limit(self, all_spans: list[Span[str]], days: list[date]) -> None:
        crowded = [day for day in days if len(active_on(all_spans, day)) > MAX_ACTIVE]
        for day in crowded:
            talk = self._lines.talks.get(day)
            values = {"day": day, "count": len(active_on(all_spans, day)), "most": MAX_ACTIVE}
            self._faults.append(Fault(talk.line if talk else self._lines.line, "too_many_activities", values))
        if not crowded:
            try:
                check_limit(all_spans)
            except Refusal as refusal:
                self._fault("too_many_activities", **refusal.values, most=MAX_ACTIVE)

    def _fault(self, code: str, **values: object) -> None:
        self._faults.append(Fault(self._lines.line, code, values))


def _by_day(talks: Iterable[StoredTalk | Talk]) -> dict[date, dict[str, None]]:
    days: dict[date, dict[str, None]] = {}
    for talk in talks:
        days.setdefault(talk.held_on, {}).update(dict.fromkeys(talk.scores))
    return days


def _close(plan: PersonPlan, person: PersonLines, stored: StoredPerson | None, faults: list[Fault]) -> None:
    """Close every form but the last: on the day the next began, or the day of its own last conversation if later."""
    known = stored.forms if stored else {}
    before = {number: (form.opened_on, _last(form)) for number, form in known.items()}
    after = before | {form.number: (form.opened_on, form.last_on) for form in plan.forms}
    was, will_be = _closing_days(before), _closing_days(after)
    for number, form in known.items():
        line = person.forms[number].line if number in person.forms else person.line
        if form.closed_on != was[number]:  # staff have closed or reopened it
            will_be[number] = form.closed_on
            if form.closed_on and after[number][1] > max(form.closed_on, before[number][1]):
                faults.append(Fault(line, "form_closed_here", {"form": number, "day": form.closed_on}))
        elif form.closed_on is None and will_be[number] is not None and not form.imported:
            will_be[number] = None
    if sum(day is None for day in will_be.values()) > 1:
        newest = max(form.number for form in plan.forms)
        faults.append(Fault(person.forms[newest].line, "form_open_here", {"form": newest}))
    plan.closings = will_be
    for planned in plan.forms:
        planned.closed_on = will_be[planned.number]


def _closing_days(forms: Mapping[int, tuple[date, date]]) -> dict[int, date | None]:
    numbers = sorted(forms)
    days: dict[int, date | None] = dict.fromkeys(numbers)
    for number, following in zip(numbers, numbers[1:], strict=False):
        days[number] = max(forms[number][1], forms[following][0])
    return days


def _last(form: StoredForm) -> date:
    return max((talk.held_on for talk in form.live), default=form.opened_on)
