"""How every form of this room is answered: 303 when saved; else the same page with what was typed and what to mend."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from psfs.bti import queries, queries_log, queries_state
from psfs.bti.hindrance import Changed, Hindered, require_open
from psfs.bti.ladder_views import FROM_LADDER
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from flask_wtf import FlaskForm

    from psfs.cases.door import OpenCase

FIELDS = {
    "needs_reason": "reason",
    "needs_why": "why",
    "needs_outcome": "outcome",
    "last_evaluation": "evaluation",
    "unknown_close_reason": "reason_code",
    "no_such_level": "to_level",
    "already_there": "to_level",
    "date_before_level": "decided_on",
    "date_before_closing": "decided_on",
    "unknown_service": "service",
    "own_service": "service",
    "until_before_from": "until_on",
    "legal_basis_missing": "legal_basis",
    "giver_missing": "given_by",
    "giver_too_young": "given_by",
    "giver_is_adult": "given_by",
    "young_person_too": "given_by",
    "giver_unnamed": "given_by_name",
    "how_missing": "how",
    "withdrawn_before_given": "withdrawn_on",
    "unknown_successor": "to",
    "already_holder": "to",
    "successor_without_service": "to",
    "responsible_missing": "responsible",
    "deadline_before_start": "deadline",
    "evaluate_before_start": "evaluate_on",
    "evaluated_before_start": "evaluated_on",
    "next_evaluation_missing": "next_on",
    "stopped_goes_on": "ends",
    "decided_before_report": "decided_on",
    "needs_persons_view": "persons_view",
    "revision_too_early": "next_revision",
    "no_such_related": "related_id",
    "member_name_missing": "name",
    "member_service_missing": "service_id",
    "team_ended_before_start": "ended_on",
    "nobody_invited": "invited",
    "invited_left": "invited",
    "invited_no_consent": "invited",
    "invited_no_account": "invited",
    "invited_without": "why",
    "next_meeting_missing": "next_on",
}
"""The field that a refusal is about, by its code."""
DAYS = (
    "decided_on",
    "since",
    "started_on",
    "ended_on",
    "held_on",
    "planned_on",
    "withdrawn_on",
    "evaluated_on",
    "from_on",
    "started_on",
)


def answer(
    case: OpenCase,
    form: FlaskForm,
    page: Callable[..., str],
    save: Callable[[], object],
    *,
    done: str | Callable[[], str],
    saved: str | Callable[[], str],
    renew: Callable[[], object] = lambda: None,
    closed_too: bool = False,
) -> ResponseReturnValue:
    """Show the page, or save and go to ``done``.

    Args:
        case: the case as the door gave it.
        form: the form, filled from the request.
        page: makes the page, given ``problems`` (for the error summary) and ``news`` (what somebody else changed).
        save: the verb, which commits; its refusals are shown on the page.
        done: where to go when it is saved; to the ladder instead, where the page was opened from there.
        saved: what the next page says; asked for when it is saved, where that decides what to say.
        renew: puts what is new into the form when somebody else came first, so that sending it again is meant.
        closed_too: whether it may be done on a closed case as well.
    """
    if request.method == "GET":
        if not closed_too:
            require_open(case.case)
        return page(problems=[], news=None)
    if not form.validate():
        return page(problems=[], news=None), 422
    try:
        save()
    except Changed as refusal:
        db.session.rollback()
        renew()
        return _changed(case, form, page, refusal), 409
    except Refusal as refusal:
        db.session.rollback()
        return page(problems=problems(case, form, refusal), news=None), 422
    flash(saved if isinstance(saved, str) else saved(), "success")
    if came_from_ladder():
        return redirect(url_for("bti.ladder", case_id=case.id), 303)
    return redirect(done if isinstance(done, str) else done(), 303)


def came_from_ladder() -> bool:
    """Whether the page was opened to mend what the ladder lacks: when it is saved, the ladder is where to go on."""
    return request.args.get("fra") == FROM_LADDER


def problems(case: OpenCase, form: FlaskForm, refusal: Refusal) -> list[dict[str, str]]:
    """The refusal for the error summary; one that is about a field is put on the field instead."""
    if isinstance(refusal, Hindered):
        missing = queries.missing_views(case.case, refusal.missing)
        return [{"text": each.text, "href": each.href} for each in missing if not _on_field(form, each.code, each.text)]
    if _on_field(form, refusal.code, message(refusal)):
        return []
    href = ""
    if refusal.code == "service_without_consent":
        href = url_for("bti.new_consent", case_id=case.id, teneste=refusal.values["service_id"])
    return [{"text": message(refusal), "href": href}]


def render(case: OpenCase, template: str, **values: Any) -> str:
    """A page of the room."""
    return render_template(f"bti/{template}.html", case=case, person=case.person, **values)


def _on_field(form: FlaskForm, code: str, text: str) -> bool:
    name = FIELDS.get(code)
    if code in ("date_in_future", "date_before_birth"):
        name = next((day for day in DAYS if day in form), None)
    if name is None or name not in form or form[name].type == "HiddenField":
        return False
    form[name].errors = [*form[name].errors, text]
    return True


def _changed(case: OpenCase, form: FlaskForm, page: Callable[..., str], refusal: Changed) -> str:
    """The page once more with what is new; sending it again is then meant."""
    news = None
    if "seen" in form:
        form["seen"].data = queries_state.seen(case.case)
        news = queries_log.latest_change(case.case) if refusal.code == "changed_meanwhile" else None
    if refusal.code == "id_taken" and "id" in form:
        form["id"].data = uuid.uuid4()
    return page(problems=[{"text": message(refusal), "href": ""}], news=news)
