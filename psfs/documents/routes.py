"""Addresses of the documents. Each is a reading of the case: the door logs it under the document's own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from psfs.accounts.current import permit
from psfs.conversations.queries_form import form_view
from psfs.documents import my_case as mine
from psfs.documents import paper, pdf, record
from psfs.documents.summary import summary as summary_values
from psfs.domain.permissions import Action
from psfs.language import LANGUAGES, current
from psfs.teams.service_meetings import meeting_of

if TYPE_CHECKING:
    import uuid

    from flask import Response

    from psfs.cases.door import OpenCase

bp = Blueprint("documents", __name__)
bp.register_error_handler(pdf.NotReadyError, pdf.not_ready)
bp.record(pdf.warm_up)


@bp.get("/saker/<uuid:case_id>/skjema/<uuid:form_id>/oppsummering.pdf")
@permit(Action.PRINT)
def summary(case: OpenCase, form_id: uuid.UUID) -> Response:
    """The score summary in the person's language; ``?stor=1`` in large print."""
    form = form_view(form_id, case.id)
    large = request.args.get("stor") == "1"
    return pdf.answer(
        "documents/summary.html",
        case.person.language,
        "oppsummering",
        lambda: summary_values(form, case.case, large=large),
    )


@bp.get("/saker/<uuid:case_id>/skjema/<uuid:form_id>/papir.pdf", endpoint="paper")
@permit(Action.PRINT)
def paper_form(case: OpenCase, form_id: uuid.UUID) -> Response:
    """The paper form with the activities filled in, and no earlier scores (P14)."""
    form = form_view(form_id, case.id)
    return pdf.answer("documents/paper.html", case.person.language, "skjema", lambda: paper.filled(form))


@bp.get("/papirskjema.pdf")
@permit(Action.OWN_ACCOUNT)
def blank_paper() -> Response:
    """The empty paper form in the language that ``?sprak=`` names, else the reader's own."""
    wished = request.args.get("sprak", "")
    language = wished if wished in LANGUAGES else current()
    return pdf.answer("documents/paper.html", language, "papirskjema", paper.blank)


@bp.get("/saker/<uuid:case_id>/stafettlogg.pdf")
@permit(Action.PRINT)
def log(case: OpenCase) -> Response:
    """The whole log, the oldest entry first, struck entries marked."""
    return pdf.answer("documents/log.html", case.person.language, "stafettlogg", lambda: record.log(case.case))


@bp.get("/saker/<uuid:case_id>/innsyn.pdf")
@permit(Action.PRINT)
def readings(case: OpenCase) -> Response:
    """Who has looked at the case, this time included."""
    return pdf.answer("documents/readings.html", case.person.language, "innsyn", lambda: record.readings(case.case))


@bp.get("/saker/<uuid:case_id>/alt.pdf")
@permit(Action.PRINT)
def everything(case: OpenCase) -> Response:
    """All there is in the case: who takes part, forms, measures, consents, log, and who has looked (B9)."""
    return pdf.answer("documents/everything.html", case.person.language, "alt", lambda: record.everything(case.case))


@bp.get("/saker/<uuid:case_id>/mi-sak.pdf")
@permit(Action.PRINT)
def my_case(case: OpenCase) -> Response:
    """What the person has a right to know, in large print: what is kept, who takes part and why, who has looked."""
    return pdf.answer("documents/my_case.html", case.person.language, "mi-sak", lambda: mine.my_case(case.case))


@bp.get("/saker/<uuid:case_id>/aktorkart.pdf")
@permit(Action.PRINT)
def actors(case: OpenCase) -> Response:
    """Who does what round the person."""
    return pdf.answer("documents/actors.html", case.person.language, "aktorkart", lambda: record.actors(case.case))


@bp.get("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/innkalling.pdf")
@permit(Action.PRINT)
def invitation(case: OpenCase, meeting_id: uuid.UUID) -> Response:
    """The invitation to a meeting."""
    meeting = meeting_of(case.id, meeting_id) or abort(404)
    name, language = "innkalling", case.person.language
    return pdf.answer("documents/invitation.html", language, name, lambda: record.invitation(case.case, meeting))
