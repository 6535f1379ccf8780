"""Words for the domain's refusals. Codes come from ``psfs.domain``; the words live here and in the catalogues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from psfs.domain.errors import Refusal

MESSAGES: dict[str, LazyString] = {
    "date_in_future": _l("Datoen ligg fram i tid. Vel i dag eller ein dag som har vore."),
    "date_before_birth": _l("Datoen er før fødselsdatoen."),
    "too_many_activities": _l("Skjemaet kan ha fem aktivitetar om gongen. Avslutt éin før du legg til ein ny."),
    "answer_missing": _l("Vel eit tal eller «ikkje spurt» for kvar aktivitet."),
    "answer_unknown_activity": _l("Aktiviteten høyrer ikkje til dette skjemaet. Opne samtalen på nytt."),
    "score_out_of_range": _l("Skåren må vere eit heilt tal frå 0 til 10."),
    "needs_reason": _l("Skriv ei grunngjeving."),
    "username_malformed": _l("Bruk berre bokstavar, tal, punktum og strek i brukarnamnet."),
    "username_taken": _l("Brukarnamnet %(username)s er i bruk. Vel eit anna."),
    "unknown_user": _l("Det finst ingen konto med brukarnamnet %(username)s."),
    "already_disabled": _l("Kontoen %(username)s er alt stengd."),
    "last_admin": _l("Dette er den einaste administratoren. Lag ein ny før du tek bort denne."),
    "service_needed": _l("Vel ei teneste. Tilsette og leiarar høyrer til ei."),
    "service_taken": _l("Det finst alt ei teneste som heiter %(name)s."),
    "unknown_service": _l("Tenesta finst ikkje, eller er ikkje i bruk lenger."),
    "no_such_service": _l("Det finst inga teneste som heiter %(name)s. Bruk --new-service om ho skal lagast."),
    "address_taken": _l("Kan ikkje lytte på %(host)s port %(port)s. Er porten i bruk? Vel ein annan med PORT=8001."),
    "backup_exists": _l("Fila %(file)s finst frå før. Vel eit anna namn."),
    "backup_failed": _l("Kan ikkje kopiere til %(file)s: %(why)s"),
    "backup_postgres": _l("Bruk pg_dump til å kopiere PostgreSQL, og «psfs log heads» til å notere kjedehovuda."),
    "case_closed": _l("Saka er avslutta og kan berre lesast. Opne ho igjen for å endre noko."),
    # BTI: the ladder
    "needs_outcome": _l("Vel kva som er avgjort."),
    "step_out_of_order": _l(
        "Stega går i rekkjefølgje. Gjer «%(step)s» først, eller hopp over det med ei grunngjeving."
    ),
    "already_done": _l("«%(step)s» er alt registrert."),
    "unknown_step": _l("Steget finst ikkje på dette nivået. Sjå stega på nytt."),
    "cannot_skip": _l("«%(step)s» kan ikkje hoppast over. Flytt eller avslutt saka i staden."),
    "outcome_not_possible": _l("Det går ikkje å avgjere dette her."),
    "close_instead": _l("Dette steget gjer du ved å avslutte saka."),
    "wrong_direction": _l("Nivået ligg ikkje i den retninga du valde."),
    "no_such_level": _l("Nivået finst ikkje på denne stigen."),
    "already_there": _l("Saka står alt på dette nivået. Vel eit anna."),
    "requirement": _l("Noko må vere på plass først. Sjå kva som manglar på stigen."),
    "unknown_close_reason": _l("Vel kvifor saka skal avsluttast."),
    "last_evaluation": _l("Skriv ei siste evaluering."),
    "already_open": _l("Saka er alt open."),
    "no_case": _l("Saka finst ikkje."),
    "another_open_case": _l("Personen har alt ei anna open sak på denne stigen. Avslutt ho før du opnar denne."),
    "date_before_level": _l("Saka kom til dette nivået %(day)s. Avgjerda kan ikkje vere frå før det."),
    "changed_meanwhile": _l(
        "Nokon har endra saka medan du skreiv. Det du skreiv, står her. Les kva som er nytt før du lagrar."
    ),
    "id_taken": _l("Dette er alt lagra med eit anna innhald. Opne sida på nytt for å registrere noko nytt."),
}


def message(refusal: Refusal) -> str:
    """The refusal in the reader's language; an unknown code is shown as it is rather than hidden."""
    words = MESSAGES.get(refusal.code)
    return str(words) % refusal.values if words is not None else refusal.code
