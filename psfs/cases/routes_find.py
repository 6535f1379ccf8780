"""Finding people, and making new persons and cases."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit, user
from psfs.bti.hindrance import Changed, Hindered
from psfs.bti.ladders import all_ladders
from psfs.cases import names, queries, search, service
from psfs.cases.blueprint import bp
from psfs.cases.door import OpenCase
from psfs.cases.forms import AnotherCaseForm, NewForm
from psfs.cases.service_lists import note_own
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.fields import options
from psfs.language import current
from psfs.messages import message
from psfs.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.wrappers import Response

    from psfs.models import User

Answer = str | tuple[str, int]


@bp.get("/sok", endpoint="search")
@permit(Action.SEARCH)
def find() -> str:
    """Find a person by name, birth date or both."""
    query = search.read(request.args.get("q", ""))
    found = search.find(query, user())
    service.note_found(found, user(), "cases.search")
    template = "cases/_results.html" if request.headers.get("HX-Request") else "cases/search.html"
    return render_template(template, query=query, found=found, has_own=search.has_own(user()))


@bp.get("/mine-saker")
@permit(Action.SEARCH)
def own() -> str:
    """The cases that the reader takes part in: a page by itself, for who searches may have somebody beside them."""
    found = search.own(user())
    note_own("cases.own", set(found.case_ids), user())
    return render_template("cases/own.html", found=found)


@bp.route("/personar/ny", methods=["GET", "POST"])
@permit(Action.CREATE_CASE)
def new() -> Answer | Response:
    """A new person and case."""
    form: Any = NewForm()
    _choices(form, user())
    if request.method == "GET":
        form.name.data = one_line(request.args.get("namn"))[:200]
        form.birth_date.data = search.read(request.args.get("fodd", "")).birth_date
        return render_template("cases/new.html", form=form)
    if not form.accepted():
        return render_template("cases/new.html", form=form), 422
    if not request.form.get("another_person") and not service.is_made(form.id.data):
        words = names.words(form.name.data)
        found = search.might_be(form.birth_date.data, words, user())
        if found.people or found.known:
            service.note_found(found, user(), "cases.new")
            return render_template("cases/duplicates.html", form=form, found=found), 409
    ladder = form.ladder.data or service.suggested_ladder(form.birth_date.data)
    person = service.PersonInput(
        name=form.name.data,
        birth_date=form.birth_date.data,
        language=form.language.data,
        phone=form.phone.data,
        journal_ref=form.journal_ref.data,
        shielded=form.shielded.data,
    )
    try:
        case = service.create(form.id.data, person, _opening(form, ladder), user())
    except Hindered as refusal:
        return _refused(form, refusal, "cases/new.html")
    except Changed:
        return _already_made()
    flash(_("Saka er oppretta."), "success")
    return redirect(url_for("cases.show", case_id=case.id), 303)


@bp.route("/saker/<uuid:case_id>/ny-sak", methods=["GET", "POST"])
@permit(Action.MOVE)
def another_case(case: OpenCase) -> Answer | Response:
    """A case on another ladder for the same person."""
    form: Any = AnotherCaseForm()
    _choices(form, user(), without={case.case.ladder} if case.case.closed_on is None else ())
    page = "cases/another_case.html"
    if request.method == "GET":
        return render_template(page, form=form, case=case)
    if not form.accepted():
        return render_template(page, form=form, case=case), 422
    try:
        made = service.open_another(case, form.id.data, _opening(form, form.ladder.data))
    except Changed:
        return _already_made()
    except Refusal as refusal:
        return _refused(form, refusal, page, case=case)
    flash(_("Saka er oppretta."), "success")
    return redirect(url_for("cases.show", case_id=made.id), 303)


def _choices(form: Any, account: User, without: Collection[str] = ()) -> None:
    """What can be chosen: the ladders, their levels, and the account's own service (KE has none, and chooses)."""
    lang = current()
    ladders = [each for each in all_ladders().values() if each.key not in without]
    choices = [(each.key, each.who.in_language(lang)) for each in ladders]
    if isinstance(form, NewForm):
        choices.insert(0, ("", _("Vel etter alderen: under 18 år er barn")))
    form.ladder.choices = options(choices)
    form.ladder.data = form.ladder.data or choices[0][0]
    levels: dict[int, dict[str, None]] = {}
    for each in ladders:
        for level in each.levels:
            levels.setdefault(level.number, {})[level.name.in_language(lang)] = None
    form.level.choices = options(
        (str(number), _("Nivå %(number)s: %(name)s", number=number, name=" / ".join(words)))
        for number, words in sorted(levels.items())
    )
    if account.service is not None:
        form.service_id.choices = options([(str(account.service_id), account.service.name)])
        return
    form.service_id.choices = options((str(each.id), each.name) for each in queries.own_services())


def _opening(form: Any, ladder: str) -> service.Opening:
    return service.Opening(
        ladder=ladder,
        level=int(form.level.data),
        service_id=uuid.UUID(form.service_id.data),
        reason=form.reason.data,
        worry=form.worry.data,
    )


def _refused(form: Any, refusal: Refusal, page: str, **values: object) -> Answer:
    """The same page with the refusal at the field that mends it."""
    fields = {"needs_reason": form.reason, "open_on_ladder": form.ladder}
    field = fields.get(refusal.code, form.level)
    field.errors = [*field.errors, message(refusal)]
    return render_template(page, form=form, **values), 422


def _already_made() -> Answer:
    text = _("Denne sida er alt brukt til å opprette ei sak. Søk etter personen, eller byrja på nytt.")
    action = {"label": _("Søk"), "href": url_for("cases.search")}
    return render_template("error.html", heading=_("Saka er alt oppretta"), text=text, action=action, error_id=""), 409
