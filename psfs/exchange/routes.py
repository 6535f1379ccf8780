"""Lists out as files. Each is logged, with who took it and everybody it names, before it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, request

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.cases.door import OpenCase
from psfs.cases.service_lists import note_list
from psfs.domain.permissions import Action
from psfs.exchange import fhir, queries_lists, queries_overview, tables

if TYPE_CHECKING:
    from flask import Response

    from psfs.exchange.tables import Out

bp = Blueprint("exchange", __name__)
MOST = 200
"""Rows that a page shows; the file has them all."""

from psfs.exchange import routes_scores  # noqa: E402, F401 -- hangs its routes on the blueprint


@bp.get("/uttrekk")
@permit(Action.EXPORT_LIST)
def exports() -> str:
    """What can be taken out."""
    return render_template("exchange/exports.html")


@bp.get("/uttrekk/meldingar")
@permit(Action.COORDINATE)
def needs() -> Response:
    """Every need reported to the coordinating unit; ``?format=csv``, else a spreadsheet."""
    return _send(queries_lists.needs(), "exchange.needs", "meldingar")


@bp.get("/uttrekk/planar")
@permit(Action.COORDINATE)
def plans() -> Response:
    """The register of individual plans."""
    return _send(queries_lists.plans(user()), "exchange.plans", "individuelle-planar")


@bp.get("/uttrekk/arbeidsliste")
@permit(Action.EXPORT_LIST)
def waiting() -> Response:
    """The reader's own worklist."""
    return _send(queries_lists.waiting(user()), "exchange.waiting", "arbeidsliste")


@bp.get("/uttrekk/saker")
@permit(Action.EXPORT_LIST)
def open_cases() -> Response:
    """Open cases, narrowed as in the overview."""
    return _send(queries_overview.open_cases(request.args, user()), "exchange.open_cases", "opne-saker")


@bp.get("/uttrekk/rundar")
@permit(Action.EXPORT_LIST)
def rounds() -> Response:
    """Rounds on a level, narrowed as in the overview; so for the two that follow."""
    return _send(queries_overview.rounds(request.args, user()), "exchange.rounds", "rundar")


@bp.get("/uttrekk/team")
@permit(Action.EXPORT_LIST)
def teams() -> Response:
    """Teams of a quarter."""
    return _send(queries_overview.teams(request.args, user()), "exchange.teams", "team")


@bp.get("/uttrekk/samtalar")
@permit(Action.EXPORT_LIST)
def talks() -> Response:
    """Conversations of a quarter."""
    return _send(queries_overview.talks(request.args, user()), "exchange.talks", "samtalar")


@bp.get("/uttrekk/utvikling")
@permit(Action.EXPORT_LIST)
def months() -> Response:
    """What a month of a run chart counts."""
    return _send(queries_overview.months(request.args, user()), "exchange.months", "utvikling")


@bp.get("/uttrekk/kpr")
@permit(Action.COORDINATE)
def registered() -> str:
    """Who has coordinator and plan, since when: what is reported again to KPR and IPLOS."""
    found = queries_lists.registered()
    rows = found[:MOST]
    note_list("exchange.registered", frozenset().union(*(row.case_ids for row in rows)), user())
    unknown = queries_lists.not_reported()
    return render_template("exchange/registered.html", rows=rows, total=len(found), unknown=unknown)


@bp.get("/uttrekk/kpr/fil")
@permit(Action.COORDINATE)
def registered_file() -> Response:
    """The same as a file."""
    return _send(queries_lists.registered_table(), "exchange.registered_file", "kpr-iplos")


@bp.get("/saker/<uuid:case_id>/fhir.json")
@permit(Action.EXPORT_CASE)
def fhir_file(case: OpenCase) -> Response:
    """All of the case as a FHIR R4 bundle."""
    response = make_response(json.dumps(fhir.bundle(case.case), ensure_ascii=False))
    response.headers["Content-Type"] = "application/fhir+json"
    response.headers["Content-Disposition"] = f'attachment; filename="sak-{clock.today():%Y-%m-%d}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _send(out: Out, view: str, name: str) -> Response:
    form = request.args.get("format", "")
    note_list(view, out.case_ids, user(), even_nobody=True)
    return tables.answer(out.table, form if form in tables.FORMATS else tables.FORMATS[0], name)
