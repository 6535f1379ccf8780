"""The team: from when there is one, those in it who are no colleagues, and the picture of who does what."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti import pages
from psfs.bti.queries_people import current_team
from psfs.cases import queries as cases
from psfs.cases.door import OpenCase
from psfs.domain.permissions import Action
from psfs.fields import options
from psfs.teams import forms, queries, service
from psfs.teams.actor_map import actor_map
from psfs.teams.routes import bp

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/saker/<uuid:case_id>/aktorkart")
@permit(Action.VIEW)
def actors(case: OpenCase) -> str:
    """Who does what round the person, as a picture and a table."""
    people = queries.actors(case.case)
    return _page(case, "actors", actors=people, map=actor_map(case.person.name, people))


@bp.route("/saker/<uuid:case_id>/team/andre", methods=["GET", "POST"])
@permit(Action.TEAM)
def add_other(case: OpenCase) -> ResponseReturnValue:
    """Add somebody who is no colleague."""
    form: Any = forms.OtherMemberForm()
    near = [each for each in cases.related(case.person.id) if each.ended_on is None]
    form.related_id.choices = options([("", _("Vel")), *((str(one.id), f"{one.name}, {one.relation}") for one in near)])
    form.service_id.choices = options(
        [("", _("Vel")), *((str(one.id), one.name) for one in queries.external_services())]
    )

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "add_other", form=form, near=near, problems=problems, news=news)

    def save() -> None:
        given = service.OtherInput(
            form.kind.data,
            _id(form.related_id.data),
            form.name.data,
            _id(form.service_id.data),
            form.phone.data,
            form.role.data,
            form.task.data,
            form.from_on.data,
        )
        service.add_other(case, form.id.data, given)

    return pages.answer(case, form, page, save, done=_team(case), saved=_("Teamet er lagra."))


@bp.route("/saker/<uuid:case_id>/team/<uuid:member_id>/oppgave", methods=["GET", "POST"])
@permit(Action.TEAM)
def change_task(case: OpenCase, member_id: uuid.UUID) -> ResponseReturnValue:
    """What somebody in the team does."""
    row = service.member_of(case, member_id) or abort(404)
    name = next((each.name for each in cases.team(case.id) if each.id == member_id), "")
    form: Any = forms.TaskForm(obj=row) if request.method == "GET" else forms.TaskForm()

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "change_task", form=form, name=name, problems=problems, news=news)

    def save() -> None:
        service.change_task(case, row, role=form.role.data, task=form.task.data, name=name)

    return pages.answer(case, form, page, save, done=_team(case), saved=_("Teamet er lagra."))


@bp.route("/saker/<uuid:case_id>/team/start", methods=["GET", "POST"])
@permit(Action.TEAM)
def start_team(case: OpenCase) -> ResponseReturnValue:
    """There is a team from a day."""
    form: Any = forms.StartTeamForm()

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "start_team", form=form, problems=problems, news=news)

    def save() -> None:
        service.start_team(case, form.id.data, form.started_on.data)

    return pages.answer(case, form, page, save, done=_team(case), saved=_("Oppfølgingsteamet er i gang."))


@bp.route("/saker/<uuid:case_id>/team/avslutt", methods=["GET", "POST"])
@permit(Action.TEAM)
def end_team(case: OpenCase) -> ResponseReturnValue:
    """The team is no longer needed."""
    form: Any = forms.EndTeamForm()
    if request.method == "GET":
        now = current_team(case.id)
        form.team.data = now.id if now else None

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "end_team", form=form, problems=problems, news=news)

    def save() -> None:
        service.end_team(case, form.team.data, form.ended_on.data, form.reason.data)

    return pages.answer(case, form, page, save, done=_team(case), saved=_("Oppfølgingsteamet er avslutta."))


def _id(text: str | None) -> uuid.UUID | None:
    """The id of a list's choice, or None for what is no id."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _team(case: OpenCase) -> str:
    return url_for("cases.team", case_id=case.id)


def _page(case: OpenCase, template: str, **values: Any) -> str:
    return render_template(f"teams/{template}.html", case=case, person=case.person, **values)
