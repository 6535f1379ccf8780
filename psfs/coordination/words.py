"""Words for the codes of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

BASIS: dict[str, LazyString] = {
    "consent": _l("Personen eller dei føresette har samtykt"),
    "legal_basis": _l("Lova opnar for det utan samtykke"),
}
STATES: dict[str, tuple[LazyString, str]] = {
    "new": (_l("Ny"), "info"),
    "answered": (_l("Svar motteke"), "info"),
    "waiting": (_l("Ventar på svar"), "warning"),
    "decided": (_l("Avgjord"), "success"),
    "withdrawn": (_l("Trekt tilbake"), "neutral"),
}
"""What each state of a report is called, and its colour."""
YES_NO: dict[str, LazyString] = {"yes": _l("Ja"), "no": _l("Nei")}
COORDINATORS: dict[str, LazyString] = {
    "coordinator": _l("koordinator"),
    "childrens_coordinator": _l("barnekoordinator"),
}
PLANS: dict[str, LazyString] = {
    "wanted": _l("Skal få plan"),
    "has": _l("Har plan"),
    "declined": _l("Vil ikkje ha plan"),
    "ended": _l("Planen er avslutta"),
}
