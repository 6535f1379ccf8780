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
    "case_closed": _l("Saka er avslutta og kan berre lesast. Opne ho igjen for å endre noko."),
}


def message(refusal: Refusal) -> str:
    """The refusal in the reader's language; an unknown code is shown as it is rather than hidden."""
    words = MESSAGES.get(refusal.code)
    return str(words) % refusal.values if words is not None else refusal.code
