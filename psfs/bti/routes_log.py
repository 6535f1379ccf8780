"""The stafettlogg: reading, filters, notes, and putting entries right."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti import forms, pages, queries_log, service_log, words
from psfs.bti.routes import bp
from psfs.cases.door import OpenCase
from psfs.domain.permissions import Action

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from psfs.models import LogEntry

MENDABLE = service_log.NOTES | service_log.PLACINGS | {"step"}


@bp.get("/saker/<uuid:case_id>/stafettlogg")
@permit(Action.VIEW_LOG)
def log(case: OpenCase) -> str:
    """The log as one line of time; ``?slag=`` narrows it, ``?rekkje=eldst`` turns it round."""
    kind = request.args.get("slag", "")
    kind = kind if kind in words.FILTERS else ""
    oldest_first = request.args.get("rekkje") == "eldst"
    entries = queries_log.timeline(case.id, newest_first=not oldest_first)
    counts = {name: sum(1 for each in entries if each.kind in kinds) for name, (_word, kinds) in words.FILTERS.items()}
    shown = [each for each in entries if not kind or each.kind in words.FILTERS[kind][1]]
    values = {
        "entries": shown,
        "all": {each.id: each for each in entries},
        "counts": counts,
        "filters": words.FILTERS,
        "kind": kind,
        "oldest_first": oldest_first,
        "mendable": MENDABLE,
        "view_open": case.case.closed_on is None,
    }
    return pages.render(case, "_log" if request.headers.get("HX-Request") else "log", **values)


@bp.route("/saker/<uuid:case_id>/notat", methods=["GET", "POST"])
@permit(Action.NOTE)
def new_note(case: OpenCase) -> ResponseReturnValue:
    """Write a note or a meeting; ``?slag=mote`` begins with a meeting."""
    form: Any = forms.NoteForm()
    if request.method == "GET":
        form.kind.data = "meeting" if request.args.get("slag") == "mote" else "note"

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(case, "note", form=form, problems=problems, news=news)

    def save() -> None:
        service_log.add_note(
            case.case,
            case.user,
            form.id.data,
            form.kind.data,
            text=form.text.data,
            on=form.decided_on.data,
            participants=form.participants.data,
        )

    return pages.answer(case, form, page, save, done=_log(case), saved=_("Lagra i stafettloggen."))


@bp.route("/saker/<uuid:case_id>/stafettlogg/<uuid:entry_id>/rett", methods=["GET", "POST"])
@permit(Action.CORRECT)
def correct_entry(case: OpenCase, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Put an entry's details right with a new entry."""
    entry = _entry(case, entry_id)
    form: Any = forms.CorrectForm(obj=entry) if request.method == "GET" else forms.CorrectForm()
    if request.method == "GET":
        form.id.data = uuid.uuid4()
    if entry.kind not in service_log.NOTES | {"closed"}:
        del form.text
    if entry.kind in service_log.NOTES:
        del form.decided_by, form.reason

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(
            case,
            "correct_entry",
            form=form,
            entry=queries_log.entry_view(entry, case.case.ladder),
            may_strike=service_log.may_strike(case.case, entry),
            problems=problems,
            news=news,
        )

    def save() -> None:
        service_log.correct(
            case.case,
            case.user,
            form.id.data,
            entry,
            service_log.Corrected(
                on=form.decided_on.data,
                by=form.decided_by.data if "decided_by" in form else entry.decided_by,
                participants=form.participants.data,
                reason=form.reason.data if "reason" in form else entry.reason,
                text=form.text.data if "text" in form else entry.text,
                why=form.why.data,
            ),
        )

    return pages.answer(case, form, page, save, done=_log(case), saved=_("Rettinga er lagra."))


@bp.route("/saker/<uuid:case_id>/stafettlogg/<uuid:entry_id>/stryk", methods=["GET", "POST"])
@permit(Action.CORRECT)
def strike_entry(case: OpenCase, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Strike a note, a meeting or the last step."""
    entry = _entry(case, entry_id)
    form: Any = forms.StrikeForm()

    def page(problems: list[Any], news: Any) -> str:
        shown = queries_log.entry_view(entry, case.case.ladder)
        return pages.render(case, "strike_entry", form=form, entry=shown, problems=problems, news=news)

    def save() -> None:
        service_log.strike(case.case, case.user, form.id.data, entry, form.reason.data)

    return pages.answer(case, form, page, save, done=_log(case), saved=_("Innføringa er stroken."))


def _entry(case: OpenCase, entry_id: uuid.UUID) -> LogEntry:
    entry = service_log.entry_of(case.case, entry_id)
    if entry is None or entry.kind not in MENDABLE:
        abort(404)
    return entry


def _log(case: OpenCase) -> str:
    return url_for("bti.log", case_id=case.id)
