"""Words for the kinds of rows on the worklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

KINDS: dict[str, tuple[LazyString, str]] = {
    "naudopning": (_l("Naudopning"), "warning"),
    "stafett": (_l("Stafett"), "baton"),
    "mottatt": (_l("Frå eining"), "chat"),
    "skilnad": (_l("Sjå over"), "chat"),
    "endring": (_l("Stor endring"), "trend-up"),
    "melding": (_l("Melding til KE"), "bell"),
    "svar": (_l("KE spør"), "bell"),
    "avgjerd": (_l("Svar frå KE"), "bell"),
    "koordinator": (_l("Utan koordinator"), "person-add"),
    "haldar": (_l("Utan stafetthaldar"), "baton"),
    "dobbel": (_l("To saker"), "person-add"),
    "avklaring": (_l("Avklaring"), "stairs"),
    "samtale": (_l("Neste samtale"), "chat"),
    "mote": (_l("Møte"), "people"),
    "evaluering": (_l("Evaluering"), "tasks"),
    "tiltak": (_l("Tiltak"), "check"),
    "samtykke": (_l("Samtykke"), "shield"),
    "plan": (_l("Individuell plan"), "file"),
}
"""What each kind is called, and its picture."""
