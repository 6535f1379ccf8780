"""The ladder as the reader sees it, and what is missing, in words with links. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti import words
from psfs.bti.ladder_views import LadderView, LevelView, MissingView, StepView
from psfs.bti.ladders import ladder as ladder_of
from psfs.bti.queries_baton import baton, baton_by_log
from psfs.bti.queries_consents import consents, valid_services, withdrawn
from psfs.bti.queries_state import round_entries, round_from, seen, state_of, talk_of_round
from psfs.domain import due
from psfs.domain import ladder as rules
from psfs.domain.errors import Refusal
from psfs.domain.ladder import DoStep, Move
from psfs.formatting import day
from psfs.language import current
from psfs.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psfs.bti.queries_log import LogLine
    from psfs.domain.ladder import CaseState, Ladder, Missing, Step
    from psfs.models import Case, LogEntry


def ladder_view(case: Case, log: Sequence[LogLine] | None = None) -> LadderView:
    """The ladder as the reader sees it, in the reader's language. Five statements; two where ``log`` is given.

    Args:
        case: the case.
        log: the whole log of the case (``log_lines``), where the page reads it anyway.
    """
    ladder, in_force = ladder_of(case.ladder), limits()
    entries = round_entries(case) if log is None else round_from(case, log)
    held = consents(case.id)
    talk = talk_of_round(case)
    state = state_of(case, entries, held, in_force, talk)
    coming = rules.next_step(ladder, state)
    lang = current()
    level = ladder.level(case.level)
    steps = tuple(_step_view(case, step, state, coming, entries, lang) for step in level.steps)
    up = _hindrances(ladder, state, Move(case.level + 1, "-")) if case.level < ladder.highest else ()
    first_due = due.level0_due(case.level_since, in_force) if case.level == 0 and state.open else None
    today = clock.today()
    held_by = baton(case) if log is None else baton_by_log(case, (line.entry for line in log))
    services = valid_services(held, case, in_force)
    return LadderView(
        case_id=case.id,
        key=case.ladder,
        name=ladder.name.in_language(lang),
        level=case.level,
        level_name=level.name.in_language(lang),
        round=case.round,
        level_since=case.level_since,
        open=state.open,
        closed_on=case.closed_on,
        close_reason=str(words.CLOSE_REASONS.get(case.close_reason or "", "")),
        levels=tuple(
            LevelView(
                each.number,
                each.name.in_language(lang),
                each.what.in_language(lang),
                each.holder_title.in_language(lang) if each.holder_title else "",
            )
            for each in ladder.levels
        ),
        steps=steps,
        next_step=next((step for step in steps if coming is not None and step.key == coming.key), None),
        missing=missing_views(case, _before_next(ladder, state, coming, up)),
        missing_up=missing_views(case, up) if state.open else (),
        outcomes=tuple(str(outcome) for outcome in rules.outcomes(ladder, case.level)),
        holder=case.holder.name if case.holder else "",
        holder_title=held_by.title or _("ansvarleg"),
        holder_is_contact=level.holder_is_contact,
        holder_cut=case.holder is not None and case.holder.service_id not in {case.service_id, *services},
        offered_to=held_by.asked,
        talk=talk,
        services=tuple(sorted(set(services.values()) - {case.service.name})),
        withdrawn=withdrawn(held, case, in_force),
        due=first_due,
        overdue=first_due is not None and due.is_overdue(first_due, today),
        seen=seen(case) if log is None else "",
    )


def missing_views(case: Case, missing: Iterable[Missing]) -> tuple[MissingView, ...]:
    """What is missing, in words, with links; each thing once."""
    ladder, lang = ladder_of(case.ladder), current()
    found: dict[str, MissingView] = {}
    for each in missing:
        if each.code == "requirement":
            key = str(each.values["requirement"])
            chosen_by_baton = key == "contact_person" and ladder.level(case.level).holder_is_contact
            text, endpoint, query, link = words.MENDS["holder" if chosen_by_baton else key]
            view = MissingView(key, str(text), case.id, endpoint, str(link), query)
        else:
            values = dict(each.values)
            step = ladder.step(str(values.get("step", "")))
            values["step"] = step.name.in_language(lang) if step else values.get("step", "")
            page, words_of_link = words.MENDS_STEP.get(each.code, ("", ""))
            view = MissingView(each.code, message(Refusal(each.code, **values)), case.id, page, str(words_of_link))
        found.setdefault(view.text, view)
    return tuple(found.values())


def _hindrances(ladder: Ladder, state: CaseState, request: rules.Request) -> tuple[Missing, ...]:
    return tuple(each for each in rules.may(ladder, state, request).missing if each.code == "requirement")


def _before_next(ladder: Ladder, state: CaseState, coming: Step | None, up: tuple[Missing, ...]) -> tuple[Missing, ...]:
    if not state.open:
        return ()
    if coming is None or coming.decides or coming.closes:
        here = rules.missing_requirements(ladder, state)
        return (
            *here,
            *(each for each in up if each.values["requirement"] not in {h.values["requirement"] for h in here}),
        )
    hindered = _hindrances(ladder, state, DoStep(coming.key))
    return tuple(each for each in hindered if each.values["requirement"] not in coming.provides)


def _step_view(
    case: Case, step: Step, state: CaseState, coming: Step | None, entries: Sequence[LogEntry], lang: str
) -> StepView:
    done = state.steps.get(step.key)
    entry = next((each for each in reversed(entries) if each.step == step.key), None)
    if entry is None and step.closes:
        entry = next((each for each in entries if each.kind == "closed"), None)
    here = coming is not None and coming.key == step.key
    to_provide = rules.to_provide(ladder_of(case.ladder), state, step)
    return StepView(
        key=step.key,
        number=step.number,
        name=step.name.in_language(lang),
        state=str(done) if done else ("next" if here else "later"),
        who=(entry.decided_by or entry.recorded_by) if entry and done else "",
        when=day(entry.decided_on) if entry and done else "",
        reason=entry.reason if entry and done else "",
        decides=step.decides,
        closes=step.closes,
        conversation=step.conversation,
        measures=step.measures,
        ke_decides=step.ke_decides,
        provides=step.provides,
        to_provide=missing_views(case, to_provide),
        only_skip=bool(to_provide) or (step.conversation and not state.talked),
    )
