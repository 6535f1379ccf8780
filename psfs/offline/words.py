"""Words for why a conversation was set aside, and for what had changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask_babel.speaklater import LazyString

REASONS: dict[str, LazyString] = {
    "no_access": _l("Den som heldt samtalen, har ikkje tilgang til saka no."),
    "case_closed": _l("Saka er avslutta."),
    "form_closed": _l("Skjemaet er avslutta."),
    "form_gone": _l("Skjemaet finst ikkje i saka."),
    "id_used": _l("Samtalen er alt lagra, med andre svar."),
    "date_in_future": _l("Datoen for samtalen ligg fram i tid."),
    "date_before_birth": _l("Datoen for samtalen er før fødselsdatoen."),
    "next_due_too_early": _l("Neste samtale er sett til før denne."),
    "too_many_activities": _l("Det blir fleire enn fem aktivitetar på skjemaet."),
    "last_score_takes_room": _l("Det blir fleire enn fem aktivitetar på skjemaet."),
    "too_few_activities": _l("Det blir ingen aktivitetar att på skjemaet."),
    "answer_missing": _l("Ein aktivitet manglar svar."),
    "answer_unknown_activity": _l("Ein aktivitet som er skåra, høyrer ikkje til skjemaet den dagen."),
    "activity_used_later": _l("Ein aktivitet som vart avslutta, er skåra i ein seinare samtale."),
    "activity_twice": _l("Ein ny aktivitet står alt på skjemaet."),
    "activity_blank": _l("Ein ny aktivitet manglar namn."),
    "activity_too_long": _l("Ein ny aktivitet har for lang tekst."),
    "activity_id_used": _l("Ein ny aktivitet er alt lagra."),
    "needs_reason": _l("Ei grunngjeving manglar."),
    "text_too_long": _l("Ein tekst er for lang."),
    "identity_number": _l("Ein tekst ser ut til å ha eit fødselsnummer i seg. Det skal ikkje lagrast her."),
}
STATES: dict[str, LazyString] = {
    "set_aside": _l("Ventar"),
    "resolved": _l("Lagra"),
    "dismissed": _l("Lagd bort"),
}


def reasons(codes: Iterable[str]) -> list[str]:
    """Why it was set aside, a sentence for each."""
    return [str(REASONS.get(code, _("Noko må rettast før samtalen kan lagrast."))) for code in codes]
