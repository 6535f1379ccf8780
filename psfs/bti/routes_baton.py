"""The baton: offering it, answering, and taking an offer back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit, user
from psfs.bti import forms, pages, queries, service_baton, words
from psfs.bti.queries_people import successors
from psfs.bti.routes import bp
from psfs.cases.door import OpenCase
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.fields import options

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/saker/<uuid:case_id>/stafett", methods=["GET", "POST"])
@permit(Action.HAND_OVER)
def hand_over(case: OpenCase) -> ResponseReturnValue:
    """Who holds the baton; offer it to somebody (``?til=`` chooses whom), or see the offer that waits."""
    form: Any = forms.HandoverForm()
    if request.method == "GET":
        form.to.data = request.args.get("til", "")
    form.to.choices = options([("", _("Vel"))])
    for service_name, people in successors(case.case, _an_id(form.to.data)).items():
        form.to.choices += options(people, service_name)
    if request.method == "POST" and case.user.id == case.case.holder_id:  # who has just taken it and taps twice
        form.to.choices += options([(str(case.user.id), case.user.name)])

    def page(problems: list[Any], news: Any) -> str:
        offer = service_baton.latest_offer_of(case.case)
        appoints = case.may(Action.APPOINT)
        return pages.render(
            case,
            "hand_over",
            form=form,
            offer=offer,
            may_withdraw=offer is not None and service_baton.may_withdraw(case.case, offer, appoints=appoints),
            view=queries.ladder_view(case.case),
            problems=problems,
            news=news,
        )

    def save() -> None:
        service_baton.offer(
            case.case,
            case.user,
            form.id.data,
            _an_id(form.to.data) or uuid.UUID(int=0),
            reason=form.reason.data,
            persons_view=form.persons_view.data,
        )

    if request.method == "GET":
        return page([], None)
    done = url_for("bti.hand_over", case_id=case.id)
    takes_it = case.case.holder_id is None and form.to.data == str(case.user.id)
    saved = _("Du har stafetten no.") if takes_it else _("Spørsmålet er sendt.")
    return pages.answer(case, form, page, save, done=done, saved=saved)


@bp.post("/saker/<uuid:case_id>/stafett/trekk")
@permit(Action.HAND_OVER)
def withdraw_offer(case: OpenCase) -> ResponseReturnValue:
    """Take the offer back."""
    form: Any = forms.WithdrawOfferForm()
    if not form.validate():
        raise Refusal("offer_gone")
    service_baton.withdraw_offer(case.case, case.user, form.offer.data, appoints=case.may(Action.APPOINT))
    flash(_("Spørsmålet er trekt tilbake."), "success")
    return redirect(url_for("bti.hand_over", case_id=case.id), 303)


def _an_id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _answered(case_id: uuid.UUID) -> ResponseReturnValue | None:
    """Where the answer led, for who has given it and sends the same once more: it ended the right to answer."""
    form: Any = forms.AnswerForm()
    accepts = form.answer.data == "accept"
    state = "accepted" if accepts else "declined"
    if form.offer.data is None or not service_baton.is_answered(case_id, user(), form.offer.data, state):
        return None
    return redirect(_after_answer(case_id, accepts), 303)


def _after_answer(case_id: uuid.UUID, accepts: bool) -> str:
    return url_for("cases.show", case_id=case_id) if accepts else url_for("worklist.home")


@bp.route("/saker/<uuid:case_id>/stafett/svar", methods=["GET", "POST"])
@permit(Action.ACCEPT, again=_answered)
def answer_handover(case: OpenCase) -> ResponseReturnValue:
    """The successor's answer; the page shows only what is needed to give it."""
    form: Any = forms.AnswerForm()
    offer = service_baton.open_offer_of(case.case)
    if request.method == "GET" and offer is not None:
        form.offer.data = offer.id
    if offer is not None and offer.as_coordinator:
        form.answer.choices = options(words.AS_COORDINATOR.items())
    accepts = form.answer.data == "accept"

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(
            case,
            "answer_handover",
            form=form,
            offer=offer,
            view=queries.ladder_view(case.case),
            problems=problems,
            news=news,
        )

    def save() -> None:
        verb = service_baton.accept if accepts else service_baton.decline
        verb(case.case, case.user, form.offer.data, form.reason.data)

    done = _after_answer(case.id, accepts)
    taken = _("Du har teke over stafetten.")
    if offer is not None and offer.as_coordinator:
        taken = _("Du er koordinator no, og har stafetten.")
    saved = taken if accepts else _("Svaret er sendt.")
    return pages.answer(case, form, page, save, done=done, saved=saved)
