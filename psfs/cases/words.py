"""Words for what the audit log of a case holds in code: views and relations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from psfs.formatting import moment

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

VIEWS: dict[str, LazyString] = {
    "cases.show": _l("Framsida til saka"),
    "cases.person": _l("Opplysningar om personen"),
    "cases.team": _l("Kven som er med"),
    "cases.add_related": _l("Opplysningar om personen"),
    "cases.contact": _l("Kven som er med"),
    "cases.readings": _l("Kven som har sett"),
    "cases.emergency": _l("Spørsmålet om naudopning (ikkje saka sjølv)"),
    "cases.another_case": _l("Skjema for ny sak"),
    "another_case_known": _l("Fekk vite at personen har ei sak her, då ei ny sak skulle opnast"),
    "search_known": _l("Fekk vite at personen er kjend, i eit søk"),
    "worklist.emergency": _l("Meldinga om ei naudopning"),
    "conversations.new": _l("Skjema for ny samtale"),
    "conversations.start": _l("Sida for å starte eit nytt skjema"),
    "conversations.record": _l("Skjema for ny samtale"),
    "conversations.begin": _l("Sida for å starte eit nytt skjema"),
    "conversations.show": _l("Ein samtale"),
    "conversations.summary": _l("Oppsummering av samtalane"),
    "conversations.correct": _l("Retting av ein samtale"),
    "conversations.details": _l("Opplysningane om ein samtale"),
    "conversations.strike": _l("Stryking av ein samtale"),
    "conversations.close_form": _l("Avslutting av eit skjema"),
    "conversations.activities": _l("Aktivitetane i eit skjema"),
    "conversations.add_activity": _l("Aktivitetane i eit skjema"),
    "conversations.reword": _l("Aktivitetane i eit skjema"),
    "conversations.retire": _l("Aktivitetane i eit skjema"),
    "bti.ladder": _l("Stigen"),
    "bti.step": _l("Stigen"),
    "bti.move": _l("Stigen"),
    "bti.log": _l("Stafettloggen"),
    "bti.consents": _l("Samtykka"),
    "bti.new_consent": _l("Skjema for samtykke"),
    "bti.withdraw_consent": _l("Tilbaketrekking av samtykke"),
    "bti.interventions": _l("Tiltaka"),
    "bti.new_intervention": _l("Skjema for tiltak"),
    "bti.change_intervention": _l("Skjema for tiltak"),
    "bti.evaluate_intervention": _l("Evaluering av eit tiltak"),
    "bti.hand_over": _l("Stafetten"),
    "bti.withdraw_offer": _l("Stafetten"),
    "bti.answer_handover": _l("Spørsmål om å ta over stafetten"),
    "bti.new_note": _l("Skjema for notat"),
    "coordination.report_ke": _l("Melding til koordinerande eining"),
    "coordination.report": _l("Melding til koordinerande eining"),
    "coordination.ask": _l("Melding til koordinerande eining"),
    "coordination.reply": _l("Melding til koordinerande eining"),
    "coordination.decide": _l("Melding til koordinerande eining"),
    "coordination.appoint": _l("Val av koordinator"),
    "teams.actors": _l("Aktørkartet"),
    "teams.add_other": _l("Kven som er med"),
    "teams.change_task": _l("Kven som er med"),
    "teams.start_team": _l("Kven som er med"),
    "teams.end_team": _l("Kven som er med"),
    "teams.meetings": _l("Møta"),
    "teams.meeting": _l("Eit møte"),
    "teams.calendar_file": _l("Eit møte, til kalenderen"),
    "teams.new_meeting": _l("Planlegging av møte"),
    "teams.change_meeting": _l("Planlegging av møte"),
    "teams.cancel_meeting": _l("Planlegging av møte"),
    "teams.minutes": _l("Eit referat"),
    "teams.add_to_minutes": _l("Eit referat"),
    "teams.agree": _l("Skjema for tiltak"),
    "documents.my_case": _l("Utskrift av «Mi sak»"),
    "documents.actors": _l("Utskrift av aktørkartet"),
    "documents.invitation": _l("Utskrift av ei innkalling"),
    "coordination.plan": _l("Individuell plan"),
    "bti.close": _l("Avslutting av saka"),
    "bti.reopen": _l("Opning av saka på nytt"),
    "bti.correct_entry": _l("Retting i loggen"),
    "bti.strike_entry": _l("Retting i loggen"),
    "documents.summary": _l("Utskrift av oppsummeringa"),
    "documents.paper": _l("Utskrift av papirskjemaet"),
    "documents.log": _l("Utskrift av stafettloggen"),
    "documents.readings": _l("Utskrift av kven som har sett"),
    "documents.everything": _l("Utskrift av alt i saka"),
    "exchange.fhir_file": _l("Heile saka som fil (FHIR)"),
    "offline.take": _l("Teken med på ei eining"),
    "offline.opened": _l("Opna på ei eining utan nett"),
    "offline.received": _l("Ein samtale frå ei eining"),
    "offline.compare": _l("Skilnaden mellom to samtalar"),
}
LISTS: dict[str, LazyString] = {
    "worklist.home": _l("På arbeidslista"),
    "cases.own": _l("I lista over sakene den tilsette er med i"),
    "cases.search": _l("I eit søk"),
    "cases.new": _l("I sjekken av om ein ny person fanst frå før"),
    "coordination.queue": _l("Blant meldingane til koordinerande eining"),
    "coordination.register": _l("I registeret over individuelle planar"),
    "overview.cases": _l("I oversynet"),
    "exchange.needs": _l("Meldingane til koordinerande eining vart henta ut til ei fil"),
    "exchange.plans": _l("Registeret over planar vart henta ut til ei fil"),
    "exchange.open_cases": _l("Lista over opne saker vart henta ut til ei fil"),
    "exchange.rounds": _l("Lista over rundar på nivåa vart henta ut til ei fil"),
    "exchange.teams": _l("Lista over oppfølgingsteam vart henta ut til ei fil"),
    "exchange.talks": _l("Lista over samtalar vart henta ut til ei fil"),
    "exchange.months": _l("Lista bak ein månad i kurvene vart henta ut til ei fil"),
    "exchange.waiting": _l("Arbeidslista vart henta ut til ei fil"),
    "exchange.registered": _l("I lista til KPR og IPLOS"),
    "exchange.registered_file": _l("Lista til KPR og IPLOS vart henta ut til ei fil"),
    "scores export": _l("Skårane vart henta ut til ei fil"),
}
"""Where several people's names are shown together, by what ``record_list_reading`` calls it."""
RELATIONS: dict[str, LazyString] = {
    "holder": _l("har stafetten"),
    "contact": _l("kontaktperson"),
    "opened_by": _l("opna saka"),
    "team": _l("med i teamet"),
    "emergency": _l("naudopning"),
    "own_service": _l("tenesta har saka"),
    "ke_case": _l("koordinerande eining"),
    "successor": _l("spurd om å ta over"),
}

PLAIN_RELATIONS: dict[str, LazyString] = RELATIONS | {
    "holder": _l("har ansvaret for saka di"),
    "contact": _l("kontaktpersonen din"),
    "opened_by": _l("opna saka di"),
    "team": _l("med i teamet ditt"),
    "emergency": _l("opna saka i ein naudsituasjon"),
    "successor": _l("spurd om å ta over ansvaret"),
}
"""The same, told to the person."""
PLAIN_VIEWS: dict[str, LazyString] = {
    "cases.emergency": _l("Spørsmålet om å opne saka i ein naudsituasjon (ikkje saka sjølv)"),
    "worklist.emergency": _l("Meldinga om at saka vart opna i ein naudsituasjon"),
    **dict.fromkeys(("bti.ladder", "bti.step", "bti.move"), _l("Kva steg saka er på")),
    "bti.log": _l("Loggen over saka"),
    "bti.consents": _l("Kven som kan vere med, og kvifor"),
    "bti.new_consent": _l("Kven som kan vere med, og kvifor"),
    "bti.withdraw_consent": _l("Kven som kan vere med, og kvifor"),
    "bti.interventions": _l("Det som er avtalt"),
    "bti.new_intervention": _l("Det som er avtalt"),
    "bti.change_intervention": _l("Det som er avtalt"),
    "bti.evaluate_intervention": _l("Det som er avtalt"),
    "teams.agree": _l("Det som er avtalt"),
    "bti.hand_over": _l("Kven som har ansvaret for saka"),
    "bti.withdraw_offer": _l("Kven som har ansvaret for saka"),
    "bti.answer_handover": _l("Kven som har ansvaret for saka"),
    "teams.actors": _l("Kven som hjelper deg"),
    "documents.actors": _l("Utskrift av kven som hjelper deg"),
    "documents.log": _l("Utskrift av loggen over saka"),
}
"""What a view is called to the person, where the word of staff says them little."""


def view(code: str, claimed_at: str | None = None, *, plain: bool = False) -> str:
    """What was looked at; ``claimed_at`` (ISO 8601) is when it was by the clock of the device that tells it.

    ``plain``: told to the person.
    """
    known = VIEWS | PLAIN_VIEWS if plain else VIEWS
    what = str(known.get(code, _("Ei side i saka")))
    if not claimed_at:
        return what
    return _("%(what)s %(at)s, etter klokka på eininga", what=what, at=moment(datetime.fromisoformat(claimed_at)))


def in_list(code: str) -> str:
    """Which list the name was in."""
    return str(LISTS.get(code, _("I ei liste")))


def place_of_list(code: str) -> int:
    """Where the list stands among the kinds of lists."""
    return list(LISTS).index(code) if code in LISTS else len(LISTS)


def relations(codes: str, *, plain: bool = False) -> str:
    """By what right it was looked at, from the codes of the log: the one that stands first in ``RELATIONS``.

    ``plain``: told to the person.
    """
    held = codes.split(",")
    known = PLAIN_RELATIONS if plain else RELATIONS
    return next((str(words) for code, words in known.items() if code in held), "")
