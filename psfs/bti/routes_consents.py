"""Consents, legal bases in their place, and withdrawal."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.accounts.settings import limits
from psfs.bti import forms, pages, service_consents, words
from psfs.bti.queries_consents import beside_view, consent_list, consent_of, letting_in, names_in_place
from psfs.bti.queries_people import other_services
from psfs.bti.routes import bp
from psfs.bti.service_consents import CONSENT, LEGAL_BASIS, ConsentInput
from psfs.cases.door import OpenCase
from psfs.domain import due
from psfs.domain.consents import State
from psfs.domain.permissions import Action
from psfs.fields import options

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LOG = "logg"


@bp.get("/saker/<uuid:case_id>/samtykke")
@permit(Action.VIEW_LOG)
def consents(case: OpenCase) -> str:
    """All consents of the case, with what holds now in words."""
    held = consent_list(case.case, limits())
    in_force = [each for each in held if each.state in (State.VALID, State.ENDS_SOON, State.COMING)]
    past = [each for each in held if each not in in_force]
    return pages.render(case, "consents", in_force=in_force, past=past)


@bp.route("/saker/<uuid:case_id>/samtykke/nytt", methods=["GET", "POST"])
@permit(Action.CONSENT)
def new_consent(case: OpenCase) -> ResponseReturnValue:
    """Record a consent; with ``?grunnlag=heimel`` a legal basis in its place. ``?teneste=`` chooses for what."""
    in_force = limits()
    givers = service_consents.right_givers(case.case, in_force)
    by_law = request.args.get("grunnlag") == "heimel"
    form: Any = forms.LegalBasisForm() if by_law else forms.ConsentForm()
    services = other_services(case.case)
    form.service.choices = options(
        [("", _("Vel")), (LOG, _("Stafettloggen")), *((str(each.id), each.name) for each in services)]
    )
    have = _have_one(case)
    if have:
        form.service.description = _("Har alt samtykke eller heimel: %(names)s.", names=", ".join(have))
    if request.method == "GET":
        form.service.data = request.args.get("teneste", "")
    if not by_law:
        grown = due.age_on(case.person.birth_date, case.case.opened_on) >= due.ADULT
        order = dict.fromkeys(givers if grown else (*givers, *words.GIVEN_BY))  # the rules have the last word
        form.given_by.choices = options((code, words.GIVEN_BY[code]) for code in order)

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(
            case,
            "new_consent",
            form=form,
            by_law=by_law,
            givers=givers,
            age=due.age_of_say(in_force),
            problems=problems,
            news=news,
        )

    def save() -> None:
        fields = ("given_by", "given_by_name", "how", "legal_basis", "reason", "from_on", "until_on")
        service_consents.give(
            case.case,
            case.user,
            ConsentInput(
                id=form.id.data,
                service_id=None if form.service.data == LOG else _service_id(form.service.data),
                basis=LEGAL_BASIS if by_law else CONSENT,
                **{name: form[name].data for name in fields if name in form},
            ),
        )

    saved = _("Heimelen er lagra.") if by_law else _("Samtykket er lagra.")
    return pages.answer(case, form, page, save, done=url_for("bti.consents", case_id=case.id), saved=saved)


@bp.route("/saker/<uuid:case_id>/samtykke/<uuid:consent_id>/trekk", methods=["GET", "POST"])
@permit(Action.CONSENT)
def withdraw_consent(case: OpenCase, consent_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw a consent: the service is cut off at once, unless something else lets it take part."""
    consent = consent_of(case.id, consent_id) or abort(404)
    form = forms.WithdrawForm()
    left = beside_view(consent, case.case, limits())
    if not left.others:
        del form.all_of_them
    elif consent.basis == LEGAL_BASIS:
        form.all_of_them.label.text = _("Avslutt dei andre heimlane òg")

    def page(problems: list[Any], news: Any) -> str:
        holder = case.case.holder
        theirs = holder is not None and consent.service_id is not None and holder.service_id == consent.service_id
        shown = {"form": form, "consent": consent, "left": left, "theirs": theirs}
        return pages.render(case, "withdraw_consent", **shown, problems=problems, news=news)

    def several() -> bool:
        return "all_of_them" in form and bool(form.all_of_them.data)

    def save() -> None:
        service_consents.withdraw(
            case.case,
            case.user,
            consent_id,
            on=form.withdrawn_on.data,
            withdrawn_by=form.withdrawn_by.data,
            reason=form.reason.data,
            all_of_them=several(),
        )

    def lets_in() -> bool:
        return left.has_the_case or bool(letting_in(case.case, consent.service_id, limits()))

    def done() -> str:
        own = consent.service_id is not None and consent.service_id == case.user.service_id
        return url_for("worklist.home") if own and not lets_in() else url_for("bti.consents", case_id=case.id)

    def saved() -> str:
        told = _what_was_withdrawn(consent.basis, several=several())
        if lets_in():
            service = consent.service
            stays = (
                _("%(service)s har framleis tilgang.", service=service.name)
                if service
                else _("Stafettloggen har framleis samtykke eller heimel.")
            )
            return f"{told} {stays}"
        closed = _("Tilgangen er stengd.")  # a text inside an f-string is not found for the catalogues
        return f"{told} {closed}" if consent.service and (left.opens or left.still) else told

    return pages.answer(case, form, page, save, done=done, saved=saved, closed_too=True)


def _what_was_withdrawn(basis: str, *, several: bool) -> str:
    if basis == LEGAL_BASIS:
        return _("Heimlane er avslutta.") if several else _("Heimelen er avslutta.")
    return _("Samtykka er trekte.") if several else _("Samtykket er trekt.")


def _service_id(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError:
        return uuid.UUID(int=0)


def _have_one(case: OpenCase) -> list[str]:
    log, services = names_in_place(case.case, limits())
    return [*([_("Stafettloggen")] if log else []), *services]
