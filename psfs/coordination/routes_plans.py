"""The register of individual plans, and one case's line in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit, user
from psfs.bti import pages
from psfs.cases.door import OpenCase
from psfs.cases.service_lists import note_list
from psfs.coordination import forms, queries, service, service_plans, words
from psfs.coordination.routes import bp
from psfs.domain.permissions import Action

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/individuelle-planar")
@permit(Action.COORDINATE)
def register() -> str:
    """The register; ``?status=`` narrows it."""
    state = request.args.get("status", "")
    state = state if state in words.PLANS else ""
    rows, counts = queries.register(user(), state)
    note_list("coordination.register", {row.case_id for row in rows if row.name}, user())
    return render_template("coordination/register.html", rows=rows, counts=counts, state=state)


@bp.route("/saker/<uuid:case_id>/plan", methods=["GET", "POST"])
@permit(Action.PLAN)
def plan(case: OpenCase) -> ResponseReturnValue:
    """What the register knows of the person's plan."""
    row = service.plan_of(case.id)
    form: Any = forms.PlanForm(obj=row) if request.method == "GET" else forms.PlanForm()
    if request.method == "GET":
        form.version.data = row.version if row else 0
        if row is None:
            form.goals.data = queries.goals_from_forms(case.id)

    def page(problems: list[Any], news: Any) -> str:
        return render_template(
            "coordination/plan.html",
            case=case,
            person=case.person,
            form=form,
            plan=row,
            problems=problems,
            news=news,
        )

    def save() -> None:
        given = service_plans.PlanInput(**{name: form[name].data for name in service_plans.PlanInput.__slots__})
        service_plans.keep(case.case, case.user, form.version.data, given)

    def renew() -> None:
        now = service.plan_of(case.id)
        form.version.data, form.version.raw_data = now.version if now else 0, None

    done = url_for("coordination.plan", case_id=case.id)
    saved = _("Opplysningane om planen er lagra.")
    return pages.answer(case, form, page, save, done=done, saved=saved, renew=renew, closed_too=True)
