"""Measures: list, new, change, evaluate and end."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti import forms, pages, service_interventions
from psfs.bti.queries_interventions import intervention_of, interventions_of
from psfs.bti.queries_people import other_services, taking_part, taking_part_today
from psfs.bti.routes import bp
from psfs.bti.service_interventions import InterventionInput
from psfs.cases.door import OpenCase
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.fields import options

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from psfs.models import Intervention, User

SOMEONE_ELSE = "annan"


@bp.get("/saker/<uuid:case_id>/tiltak")
@permit(Action.VIEW_LOG)
def interventions(case: OpenCase) -> str:
    """The case's measures: those that run, then those that are ended."""
    rows = interventions_of(case.id)
    running = [row for row in rows if not row.ended]
    ended = [row for row in rows if row.ended]
    return pages.render(case, "interventions", running=running, ended=ended)


@bp.route("/saker/<uuid:case_id>/tiltak/nytt", methods=["GET", "POST"])
@permit(Action.INTERVENE)
def new_intervention(case: OpenCase) -> ResponseReturnValue:
    """Agree on a measure."""
    form, people = _form(case, None)

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(case, "intervention", form=form, measure=None, problems=problems, news=news)

    def save() -> None:
        service_interventions.start(case.case, case.user, form.id.data, _agreed(form, people))

    return pages.answer(case, form, page, save, done=_list(case), saved=_("Tiltaket er lagra."))


@bp.route("/saker/<uuid:case_id>/tiltak/<uuid:intervention_id>/endre", methods=["GET", "POST"])
@permit(Action.INTERVENE)
def change_intervention(case: OpenCase, intervention_id: uuid.UUID) -> ResponseReturnValue:
    """Change what was agreed."""
    measure = intervention_of(case.id, intervention_id) or abort(404)
    form, people = _form(case, measure)

    def renew() -> None:
        _renew(form, measure)

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(case, "intervention", form=form, measure=measure, problems=problems, news=news)

    def save() -> None:
        version = form.version.data or 0
        service_interventions.change(case.case, case.user, measure, version, _agreed(form, people))

    return pages.answer(case, form, page, save, done=_list(case), saved=_("Endringa er lagra."), renew=renew)


@bp.route("/saker/<uuid:case_id>/tiltak/<uuid:intervention_id>/evaluer", methods=["GET", "POST"])
@permit(Action.INTERVENE)
def evaluate_intervention(case: OpenCase, intervention_id: uuid.UUID) -> ResponseReturnValue:
    """Say how it went, and whether it ends."""
    measure = intervention_of(case.id, intervention_id) or abort(404)
    form: Any = forms.EvaluateForm()

    def renew() -> None:
        _renew(form, measure)

    if request.method == "GET":
        renew()

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(case, "evaluate", form=form, measure=measure, problems=problems, news=news)

    def save() -> None:
        service_interventions.evaluate(
            case.case,
            case.user,
            measure,
            form.version.data or 0,
            result=form.result.data,
            evaluation=form.evaluation.data,
            on=form.evaluated_on.data,
            ends=form.ends.data == "yes",
            next_on=form.next_on.data,
        )

    return pages.answer(case, form, page, save, done=_list(case), saved=_("Evalueringa er lagra."), renew=renew)


def _renew(form: Any, measure: Intervention) -> None:
    """Let the form carry the measure's present version, not the one that came with the request."""
    form.version.data, form.version.raw_data = measure.version, None


def _list(case: OpenCase) -> str:
    return url_for("bti.interventions", case_id=case.id)


def _form(case: OpenCase, measure: Intervention | None) -> tuple[Any, list[User]]:
    """The form with its choices, filled from the measure when the page is first shown."""
    people = taking_part(case.case, case.user)
    form: Any = forms.InterventionForm(obj=measure) if request.method == "GET" and measure else forms.InterventionForm()
    own, chosen = case.case.service, measure.service_id if measure is not None else None
    may = taking_part_today(case.case)
    services = sorted((own, *other_services(case.case)), key=lambda each: each.id not in may)
    form.service.choices = options(
        (str(each.id), each.name if each.id in may else _("%(service)s (manglar samtykke)", service=each.name))
        for each in services
    )
    form.responsible_id.choices = options(
        [*((str(user.id), user.name) for user in people), (SOMEONE_ELSE, _("Ein annan"))]
    )
    if request.method == "GET":
        known = measure is not None and any(user.id == measure.responsible_id for user in people)
        form.responsible_id.data = str(measure.responsible_id) if measure and known else str(case.user.id)
        if measure is not None and not known:
            form.responsible_id.data = SOMEONE_ELSE
        if measure is not None and known:
            form.responsible.data = ""
        form.service.data = str(chosen or own.id)
    return form, people


def _agreed(form: Any, people: list[User]) -> InterventionInput:
    typed = form.responsible.data  # it says more than the choice that stood there beforehand
    chosen = None if typed else next((user for user in people if str(user.id) == form.responsible_id.data), None)
    if chosen is None and not form.responsible.data:
        raise Refusal("responsible_missing")
    return InterventionInput(
        goal=form.goal.data,
        what=form.what.data,
        responsible=chosen.name if chosen else form.responsible.data,
        responsible_id=chosen.id if chosen else None,
        service_id=uuid.UUID(form.service.data),
        started_on=form.started_on.data,
        deadline=form.deadline.data,
        evaluate_on=form.evaluate_on.data,
    )
