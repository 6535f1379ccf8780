"""Words for the codes of this room; the pages and the printed log share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

KINDS: dict[str, LazyString] = {
    "opened": _l("Opna"),
    "step": _l("Steg"),
    "move": _l("Nytt nivå"),
    "closed": _l("Avslutta"),
    "reopened": _l("Opna igjen"),
    "conversation": _l("Samtale"),
    "form": _l("Skjema"),
    "intervention": _l("Tiltak"),
    "consent": _l("Samtykke"),
    "baton": _l("Stafett"),
    "note": _l("Notat"),
    "meeting": _l("Møte"),
    "team": _l("Team"),
    "ke_report": _l("Melding til KE"),
    "plan": _l("Individuell plan"),
    "emergency": _l("Naudopning"),
}
ICONS = {
    "opened": "plus",
    "step": "check",
    "move": "stairs",
    "closed": "close",
    "reopened": "undo",
    "conversation": "chat",
    "form": "file",
    "intervention": "tasks",
    "consent": "shield",
    "baton": "baton",
    "note": "note",
    "meeting": "people",
    "team": "people",
    "ke_report": "bell",
    "plan": "file",
    "emergency": "warning",
}
FILTERS: dict[str, tuple[LazyString, tuple[str, ...]]] = {
    "stige": (_l("Steg og nivå"), ("opened", "step", "move", "closed", "reopened", "ke_report", "plan")),
    "samtalar": (_l("Samtalar"), ("conversation", "form")),
    "tiltak": (_l("Tiltak"), ("intervention",)),
    "samtykke": (_l("Samtykke"), ("consent",)),
    "stafett": (_l("Stafett og team"), ("baton", "team", "emergency")),
    "notat": (_l("Notat og møte"), ("note", "meeting")),
}
"""What the log can be narrowed to: the word in the address, what it is called, the kinds it shows."""

CLOSE_REASONS: dict[str, LazyString] = {
    "no_concern": _l("Det er ikkje lenger grunn til uro"),
    "their_wish": _l("Personen eller dei føresette ønskjer det"),
    "individual_plan": _l("Ein individuell plan tek over"),
    "moved": _l("Personen har flytta"),
    "dead": _l("Personen er død"),
    "other": _l("Anna"),
}
RESULTS: dict[str, LazyString] = {
    "reached": _l("Målet er nådd"),
    "partly": _l("Målet er delvis nådd"),
    "not_reached": _l("Målet er ikkje nådd"),
    "stopped": _l("Tiltaket vart stoppa"),
}
GIVEN_BY: dict[str, LazyString] = {
    "person": _l("Personen sjølv"),
    "guardian": _l("Føresette eller verje"),
    "young_person_and_guardian": _l("Ungdommen og føresette saman"),
}
HOW: dict[str, LazyString] = {
    "oral": _l("Munnleg"),
    "paper": _l("På papir"),
    "digital": _l("Digitalt"),
}
AS_COORDINATOR: dict[str, LazyString] = {
    "accept": _l("Ja, det vil eg"),
    "decline": _l("Nei, eg kan ikkje"),
}
"""The answers to whoever asks one to be coordinator."""
MENDS: dict[str, tuple[LazyString, str, dict[str, str], LazyString]] = {
    "consent_log": (
        _l("Samtykke til stafettloggen, eller heimel for å føre han."),
        "bti.new_consent",
        {"teneste": "logg"},
        _l("Registrer samtykke"),
    ),
    "contact_person": (_l("Ein kontaktperson."), "cases.team", {}, _l("Vel kontaktperson")),
    "holder": (
        _l("Ein kontaktperson: den som har stafetten."),
        "bti.hand_over",
        {},
        _l("Vel kven som skal ha stafetten"),
    ),
    "second_service": (
        _l("Ei teneste til, med samtykke eller heimel for å vere med."),
        "bti.new_consent",
        {},
        _l("Registrer samtykke for tenesta"),
    ),
    "reported_to_ke": (
        _l("Behovet må vere meldt til koordinerande eining (KE)."),
        "coordination.report_ke",
        {},
        _l("Meld til KE"),
    ),
}
"""For each requirement of a ladder ("holder": a contact person where that is the holder): what is missing, and the
endpoint, query values and words of the link that mends it (B4)."""
MENDS_STEP: dict[str, tuple[str, LazyString]] = {
    "needs_conversation": ("conversations.new", _l("Hald samtalen")),
}
"""The same for what one step needs; ``psfs.messages`` says what is missing."""
