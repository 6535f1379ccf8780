"""The person of a case, those nearest, and the colleagues who take part."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.bti.hindrance import Changed
from psfs.bti.ladders import level_of
from psfs.bti.pages import came_from_ladder
from psfs.bti.queries_people import current_team, taking_part_today
from psfs.cases import queries, service, service_people
from psfs.cases.blueprint import bp
from psfs.cases.door import OpenCase
from psfs.cases.forms import ContactForm, MemberForm, PersonForm, RelatedForm
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action, Relation, Role, allowed
from psfs.extensions import db
from psfs.fields import options
from psfs.formatting import day
from psfs.language import LANGUAGES
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.models import Person

Answer = str | tuple[str, int]


@bp.route("/saker/<uuid:case_id>/person", methods=["GET", "POST"])
@permit(Action.EDIT_PERSON)
def person(case: OpenCase) -> Answer | Response:
    """What is kept about the person."""
    if request.method == "GET":
        return _person_page(case, PersonForm(obj=case.person))
    form: Any = PersonForm()
    if not form.accepted() or form.version.data is None:
        return _person_page(case, form), 422
    given = service.PersonInput(**{name: form[name].data for name in service.PersonInput.__slots__})
    try:
        service.edit_person(case, given, form.version.data)
    except Changed:
        db.session.rollback()
        db.session.refresh(case.person)
        changed = _differences(case.person, given)
        form.version.data = case.person.version
        form.version.raw_data = None
        return _person_page(case, form, changed=changed), 409
    flash(_("Opplysningane er lagra."), "success")
    return redirect(url_for("cases.show", case_id=case.id), 303)


@bp.post("/saker/<uuid:case_id>/person/naere")
@permit(Action.EDIT_PERSON)
def add_related(case: OpenCase) -> Answer | Response:
    """Add a guardian or next of kin."""
    form: Any = RelatedForm()
    if not form.accepted():
        return _person_page(case, PersonForm(formdata=None, obj=case.person), form), 422
    content = {name: form[name].data for name in ("name", "relation", "phone", "guardian")}
    try:
        service_people.add_related(case, form.id.data, **content)
    except Changed as refusal:
        return _conflict(case, message(refusal))
    flash(_("Opplysningane er lagra."), "success")
    return redirect(url_for("cases.person", case_id=case.id, _anchor="naere"), 303)


@bp.post("/saker/<uuid:case_id>/person/naere/<uuid:related_id>/slutt")
@permit(Action.EDIT_PERSON)
def end_related(case: OpenCase, related_id: uuid.UUID) -> Response:
    """Somebody is no longer guardian or next of kin."""
    if not service_people.end_related(case, related_id):
        abort(404)
    return redirect(url_for("cases.person", case_id=case.id, _anchor="naere"), 303)


@bp.route("/saker/<uuid:case_id>/team", methods=["GET", "POST"])
@permit(Action.TEAM)
def team(case: OpenCase) -> Answer | Response:
    """Who takes part: the contact person and the team."""
    if request.method == "GET":
        wanted = request.args.get("q", "")[:100]
        return _team_page(case, MemberForm(formdata=None, q=wanted, from_on=clock.today()))
    form: Any = MemberForm()
    if not form.accepted():
        return _team_page(case, form), 422
    until = form.until_on.data and form.until_on.data + timedelta(days=1)
    try:
        user_id = uuid.UUID(form.user_id.data)
        service_people.add_member(
            case,
            form.id.data,
            user_id,
            role=form.role.data,
            task=form.task.data,
            from_on=form.from_on.data,
            until_on=until,
        )
    except Changed as refusal:
        return _conflict(case, message(refusal))
    except (Refusal, ValueError) as refusal:
        text = message(refusal) if isinstance(refusal, Refusal) else _("Vel ein person.")
        form.user_id.errors = [*form.user_id.errors, text]
        return _team_page(case, form), 422
    return redirect(url_for("cases.team", case_id=case.id, fra=request.args.get("fra")), 303)


def _left(case_id: uuid.UUID, member_id: uuid.UUID) -> Response | None:
    """Home, for who has ended their own part today and sends the same once more."""
    return _home() if service_people.has_left(case_id, member_id, user()) else None


def _home() -> Response:
    return redirect(url_for("worklist.home"), 303)


@bp.post("/saker/<uuid:case_id>/team/<uuid:member_id>/slutt")
@permit(Action.TEAM, again=_left)
def end_member(case: OpenCase, member_id: uuid.UUID) -> Response:
    """Somebody no longer takes part."""
    ended = service_people.end_member(case, member_id) or abort(404)
    own = ended.user_id == case.user.id
    if own and not allowed(Role(case.user.role), Action.TEAM, case.relations - {Relation.TEAM}):
        flash(_("Du er ikkje lenger med i saka."), "success")
        return _home()
    flash(_("Teamet er endra."), "success")
    return redirect(url_for("cases.team", case_id=case.id), 303)


@bp.post("/saker/<uuid:case_id>/kontaktperson")
@permit(Action.TEAM)
def contact(case: OpenCase) -> Answer | Response:
    """Name the contact person, or take the name away."""
    form: Any = ContactForm()
    form.contact_id.choices = _contacts(case, queries.team(case.id))
    if not form.accepted():
        member = MemberForm(formdata=None, from_on=clock.today())
        return _team_page(case, member, form), 422
    wanted = uuid.UUID(form.contact_id.data) if form.contact_id.data else None
    service_people.set_contact(case, wanted)
    flash(_("Kontaktpersonen er lagra.") if wanted else _("Saka har ingen vald kontaktperson no."), "success")
    done = "bti.ladder" if came_from_ladder() else "cases.team"
    return redirect(url_for(done, case_id=case.id), 303)


def _contacts(case: OpenCase, members: list[queries.Member]) -> list[Any]:
    """Who can be contact person: those who take part today."""
    people = {str(member.user_id): member.name for member in members if member.now and member.user_id}
    for one in (case.case.holder, case.case.contact, case.user):
        if one is not None:
            people.setdefault(str(one.id), one.name)
    return options([("", _("Ingen enno")), *sorted(people.items(), key=lambda each: each[1])])


def _person_page(case: OpenCase, form: Any, related_form: Any = None, changed: tuple[Any, ...] = ()) -> str:
    if related_form is None:
        related_form = RelatedForm(formdata=None)
    rows = queries.related(case.person.id)
    return render_template(
        "cases/person.html", case=case, form=form, related_form=related_form, related=rows, changed=changed
    )


def _team_page(case: OpenCase, form: Any, contact_form: Any = None) -> str:
    members = queries.team(case.id)
    found = queries.colleagues(form.q.data or "")
    form.user_id.choices = options(
        (str(each.id), f"{each.name}, {each.detail}" if each.detail else each.name) for each in found
    )
    if contact_form is None:
        contact_form = ContactForm(formdata=None, contact_id=str(case.case.contact_id or ""))
    contact_form.contact_id.choices = _contacts(case, members)
    return render_template(
        "cases/team.html",
        case=case,
        services=taking_part_today(case.case),
        current=current_team(case.id),
        form=form,
        contact_form=contact_form,
        members=members,
        today=clock.today(),
        holder_is_contact=level_of(case.case).holder_is_contact,
    )


def _conflict(case: OpenCase, text: str) -> Answer:
    action = {"label": _("Til saka"), "href": url_for("cases.show", case_id=case.id)}
    heading = _("Noko er endra")
    return render_template("error.html", heading=heading, text=text, action=action, error_id=""), 409


def _differences(kept: Person, given: service.PersonInput) -> tuple[tuple[str, str, str], ...]:
    """What stands now beside what was typed, for everything that differs: label, now, typed."""
    labels = PersonForm(formdata=None)
    return tuple(
        (labels[name].label.text, _shown(getattr(kept, name)), _shown(getattr(given, name)))
        for name in service.PersonInput.__slots__
        if getattr(kept, name) != getattr(given, name)
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("Ja") if value else _("Nei")
    if isinstance(value, date):
        return day(value)
    return LANGUAGES.get(str(value), str(value)) or "–"
