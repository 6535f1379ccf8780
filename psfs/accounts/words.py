"""Words of the room: events of the security log, states of accounts, how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

EVENTS: dict[str, LazyString] = {
    "signed_in": _l("Logga inn"),
    "sign_in_refused": _l("Innlogging avvist"),
    "code_refused": _l("Eingongskode avvist"),
    "passphrase_change_refused": _l("Byte av passfrase avvist"),
    "signed_out": _l("Logga ut"),
    "signed_out_everywhere": _l("Logga ut overalt"),
    "code_made": _l("Eingongskode laga"),
    "passphrase_set": _l("Passfrase vald"),
    "account_made": _l("Konto laga"),
    "account_changed": _l("Konto endra"),
    "account_disabled": _l("Konto stengd"),
    "account_reset": _l("Innlogging nullstilt"),
    "service_made": _l("Teneste laga"),
    "service_changed": _l("Teneste endra"),
    "settings_changed": _l("Innstillingar endra"),
    "scores_imported": _l("Skårar lesne inn frå fil"),
    "index_filled": _l("Register over namn i lister retta"),
    "device_made": _l("Eining teken i bruk utan nett"),
    "device_revoked": _l("Eining sperra"),
}
WAYS = {"code": _l("med eingongskode"), "demo": _l("som demokonto")}
STATES: dict[str, LazyString] = {
    "active": _l("I bruk"),
    "code": _l("Ventar på eingongskoden"),
    "locked_out": _l("Treng ny eingongskode"),
    "disabled": _l("Stengd"),
}
LIMITS: dict[str, LazyString] = {
    "level0_days": _l("Så lenge kan ei sak stå på nivå 0 før ho er forfallen."),
    "follow_up_days": _l("Når neste samtale skal vere, om de ikkje avtaler noko anna."),
    "evaluation_days": _l("Når tiltaka på eit nivå skal evaluerast, om de ikkje avtaler noko anna."),
    "consent_warning_days": _l("Så lenge før eit samtykke går ut, står det på arbeidslista."),
    "soon_days": _l("Det som ventar innan så mange dagar, er merkt «snart» på arbeidslista."),
    "consent_age": _l("Frå denne alderen samtykkjer den unge saman med føresette."),
    "offline_cases": _l("Så mange saker kan ein tilsett ha med på ei eining utan nett. Med 0 kan ingen ta med saker."),
    "ke_days": _l("Så lenge har koordinerande eining på å avgjere eit meldt behov."),
    "meetings_a_year": _l("Så mange møte skal eit oppfølgingsteam på nivå 3 ha i året. Med 0 blir det ikkje kravt."),
    "coordinator_cases": _l("Så mange bør éin koordinator høgst ha. Med 0 blir det ikkje varsla."),
    "offline_days": _l("Så lenge ligg ei sak på eininga før ho blir sletta der."),
}


def duration(seconds: int) -> str:
    """How long to wait, in whole seconds or, from two minutes on, in whole minutes rounded up."""
    if seconds < 120:
        return ngettext("%(num)d sekund", "%(num)d sekund", seconds)
    minutes = -(-seconds // 60)
    return ngettext("%(num)d minutt", "%(num)d minutt", minutes)
