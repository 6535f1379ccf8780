"""Needs reported to the coordinating unit: reporting, the queue, asking, answering, deciding, and appointing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.accounts.settings import limits
from psfs.bti import pages, service_baton
from psfs.cases.door import OpenCase
from psfs.cases.service_lists import note_list
from psfs.coordination import forms, queries, queries_appointing, service, service_appointing, words
from psfs.coordination.routes import bp
from psfs.domain import due, reports
from psfs.domain.permissions import Action
from psfs.fields import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from psfs.models import NeedReport


@bp.get("/meldingar")
@permit(Action.COORDINATE)
def queue() -> str:
    """What has been reported to the unit; ``?status=`` narrows it."""
    state = request.args.get("status", "")
    state = state if state in queries.STATES else ""
    rows, counts = queries.queue(state)
    note_list("coordination.queue", {row.case_id for row in rows}, user())
    return render_template("coordination/queue.html", rows=rows, counts=counts, state=state)


@bp.route("/saker/<uuid:case_id>/meld-ke", methods=["GET", "POST"])
@permit(Action.REPORT_KE)
def report_ke(case: OpenCase) -> ResponseReturnValue:
    """Report a need to the coordinating unit."""
    form: Any = forms.ReportForm()

    def page(problems: list[Any], news: Any) -> str:
        waiting = service.open_report(case.id)
        return _page(case, "report_ke", form=form, waiting=waiting, problems=problems, news=news)

    def save() -> None:
        names = ("need", "services", "persons_wish", "basis", "legal_basis")
        given = service.ReportInput(form.decided_on.data, **{name: form[name].data for name in names})
        service.report(case.case, case.user, form.id.data, given)

    done = url_for("bti.ladder", case_id=case.id)
    return pages.answer(case, form, page, save, done=done, saved=_("Behovet er meldt til KE."))


@bp.get("/saker/<uuid:case_id>/meldingar/<uuid:report_id>")
@permit(Action.VIEW)
def report(case: OpenCase, report_id: uuid.UUID) -> str:
    """A report, and what came of it."""
    return _page(case, "report", report=_report(case, report_id))


@bp.route("/saker/<uuid:case_id>/meldingar/<uuid:report_id>/spor", methods=["GET", "POST"])
@permit(Action.DECIDE)
def ask(case: OpenCase, report_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the reporter for what is missing."""
    row = _report(case, report_id)
    form: Any = forms.AskForm(obj=row) if request.method == "GET" else forms.AskForm()

    def save() -> None:
        service.ask(case.case, case.user, row, form.version.data, form.question.data)

    return _answer(case, row, form, "ask", save, _("Spørsmålet er sendt."))


@bp.route("/saker/<uuid:case_id>/meldingar/<uuid:report_id>/svar", methods=["GET", "POST"])
@permit(Action.REPORT_KE)
def reply(case: OpenCase, report_id: uuid.UUID) -> ResponseReturnValue:
    """Answer the unit's question."""
    row = _report(case, report_id)
    form: Any = forms.ReplyForm(obj=row) if request.method == "GET" else forms.ReplyForm()

    def save() -> None:
        service.reply(case.case, case.user, row, form.version.data, form.answer.data)

    return _answer(case, row, form, "reply", save, _("Svaret er sendt til KE."))


@bp.route("/saker/<uuid:case_id>/meldingar/<uuid:report_id>/avgjer", methods=["GET", "POST"])
@permit(Action.DECIDE)
def decide(case: OpenCase, report_id: uuid.UUID) -> ResponseReturnValue:
    """Decide: coordinator, children's coordinator where it is a child's case, individual plan."""
    row = _report(case, report_id)
    form: Any = forms.DecideForm(version=row.version) if request.method == "GET" else forms.DecideForm()
    if len(service_appointing.kinds(case.case)) == 1:
        del form.childrens_coordinator

    def save() -> None:
        for_child = form.childrens_coordinator.data == "yes" if "childrens_coordinator" in form else None
        given = service.DecisionInput(
            form.decided_on.data, form.coordinator.data == "yes", for_child, form.plan.data == "yes", form.reason.data
        )
        service.decide(case.case, case.user, row, form.version.data, given)

    return _answer(case, row, form, "decide", save, _("Avgjerda er lagra, og den som melde, får vite det."))


@bp.route("/saker/<uuid:case_id>/koordinator", methods=["GET", "POST"])
@permit(Action.APPOINT)
def appoint(case: OpenCase) -> ResponseReturnValue:
    """Ask somebody to be coordinator; ``?til=`` chooses whom."""
    form: Any = forms.AppointForm()
    people = queries_appointing.candidates(case.case)
    form.to.choices = options([("", _("Vel"))])
    for name, group in queries_appointing.by_service([each for each in people if not each.barred]).items():
        form.to.choices += options([(str(each.id), _label(each)) for each in group], name)
    form.kind.choices = _kinds(service_appointing.kinds(case.case))
    last = service.last_decided(case.id)
    kinds = service_appointing.kinds_left(case.case, last)
    if request.method == "GET":
        form.to.data = request.args.get("til", "")
        form.kind.data = kinds[0] if len(kinds) == 1 else None

    def page(problems: list[Any], news: Any) -> str:
        form.kind.choices = _kinds(kinds)
        offer = service_baton.latest_offer_of(case.case)
        chosen = str(offer.to_id) if offer is not None and offer.state == "offered" else form.to.data
        return _page(
            case,
            "appoint",
            form=form,
            people=people,
            full=next((each for each in people if str(each.id) == chosen and each.many), None),
            coordinator=service_baton.coordinator_of(case.case),
            offer=offer,
            withdrawn_by=service_baton.withdrawn_by(offer) if offer is not None else "",
            decided=last,
            undecided=None if kinds else service.open_report(case.id),
            problems=problems,
            news=news,
        )

    def save() -> None:
        service_appointing.appoint(
            case.case,
            case.user,
            form.id.data,
            uuid.UUID(form.to.data) if form.to.data else uuid.UUID(int=0),
            form.kind.data,
            reason=form.reason.data,
            persons_view=form.persons_view.data,
        )

    done = url_for("coordination.appoint", case_id=case.id)
    return pages.answer(case, form, page, save, done=done, saved=_("Spørsmålet er sendt."))


def _kinds(kinds: Iterable[str]) -> Any:
    return options((kind, str(words.COORDINATORS[kind]).capitalize()) for kind in kinds)


def _label(each: queries_appointing.Candidate) -> str:
    has = ngettext("koordinator for %(num)s", "koordinator for %(num)s", each.cases) if each.cases else ""
    if each.most:
        has = _("har %(number)s av tilrådde %(most)s", number=each.cases, most=each.most)
    return ", ".join(filter(None, (each.name, each.title, has)))


def _answer(case: OpenCase, row: NeedReport, form: Any, template: str, save: Any, saved: str) -> ResponseReturnValue:
    def page(problems: list[Any], news: Any) -> str:
        return _page(case, template, form=form, report=row, problems=problems, news=news)

    def renew() -> None:
        form.version.data, form.version.raw_data = row.version, None

    done = url_for("coordination.report", case_id=case.id, report_id=row.id)
    return pages.answer(case, form, page, save, done=done, saved=saved, renew=renew)


def _report(case: OpenCase, report_id: uuid.UUID) -> NeedReport:
    return service.report_of(case.id, report_id) or abort(404)


def _page(case: OpenCase, template: str, **values: Any) -> str:
    if row := values.get("report"):
        today = clock.today()
        limit = due.report_due(row.reported_on, limits()) if row.state in reports.UNDECIDED else None
        late = limit is not None and due.is_overdue(limit, today)
        values["stage"] = reports.stage(row.state, answered=row.answered_on is not None)
        values |= {"limit": limit, "late": late, "age": due.age_on(case.person.birth_date, today)}
    return render_template(f"coordination/{template}.html", case=case, person=case.person, **values)
