"""What is said about a faulty line, by the fault's code."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .parse import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask_babel.speaklater import LazyString

    from .parse import Fault

LONGEST = LONGEST_TEXT  # letters of a faulty value that are shown: as many as any field holds
FAULTS: Mapping[str, LazyString] = {
    "utf16": _l("Fila er lagra som UTF-16. Lagre ho som «CSV UTF-8» og prøv igjen."),
    "empty": _l("Fila er tom."),
    "encoding": _l("Linja er ikkje skriven i UTF-8. Lagre fila som «CSV UTF-8» og prøv igjen."),
    "quotes": _l('Hermeteikna går ikkje opp: eit felt som byrjar med " må slutte med ".'),
    "line_too_long": _l("Linja er altfor lang."),
    "no_header": _l("Den første linja må vere namna på kolonnane: %(columns)s."),
    "unknown_column": _l("Kolonnen «%(value)s» er ukjend."),
    "duplicate_column": _l("Kolonnen «%(value)s» står fleire gonger."),
    "missing_column": _l("Kolonnen «%(value)s» manglar."),
    "column_count": _l("Linja har %(count)d felt, men overskrifta har %(expected)d."),
    "blank": _l("Alle felta er tomme."),
    "missing": _l("%(column)s er tom."),
    "too_long": _l("%(column)s har %(count)d teikn. Det er plass til %(most)d."),
    "unseen_character": _l("%(column)s har eit teikn som ikkje kan visast: «%(value)s»."),
    "edge_space": _l("%(column)s har mellomrom først eller sist: «%(value)s»."),
    "identity_number": _l("%(column)s liknar eit fødselsnummer. Det skal ikkje lagrast her."),
    "not_a_date": _l("%(column)s må vere ein dato skriven som 2026-01-31, ikkje «%(value)s»."),
    "birth_date_in_future": _l("birth_date ligg fram i tid: %(day)s."),
    "date_in_future": _l("conversation_date ligg fram i tid: %(day)s."),
    "date_before_birth": _l("conversation_date %(day)s er før fødselsdatoen %(birth_date)s."),
    "form_number": _l("form må vere eit heilt tal frå 1 og oppover, ikkje «%(value)s»."),
    "score": _l("score må vere eit heilt tal frå 0 til 10, eller tom om det ikkje vart spurt, ikkje «%(value)s»."),
    "name_differs": _l("name er eit anna enn på linje %(line)d, men person_ref er den same."),
    "birth_date_differs": _l("birth_date er ein annan enn på linje %(line)d, men person_ref er den same."),
    "performed_by_differs": _l("performed_by er ein annan enn på linje %(line)d i same samtale."),
    "same_activity": _l("Aktiviteten står alt på linje %(line)d i same samtale."),
    "name_differs_stored": _l("name er eit anna enn det som er lagra for denne person_ref."),
    "birth_date_differs_stored": _l("birth_date er ein annan enn den som er lagra for denne person_ref."),
    "too_many_activities": _l("%(count)d aktivitetar er aktive i samtalen %(day)s. Det kan vere %(most)d om gongen."),
    "conversation_differs": _l("Samtalen %(day)s er lagra frå før med eit anna innhald."),
    "scale_differs": _l("Skjema %(form)d er lagra med ein skala som går den andre vegen."),
    "activity_decided_here": _l(
        "Aktiviteten «%(value)s» er ikkje aktiv den dagen, etter det som er bestemt i programmet."
    ),
    "activity_ambiguous": _l("Skjemaet har to aktivitetar med same tekst. Før samtalen inn i programmet."),
    "form_closed_here": _l("Skjema %(form)d vart lukka i programmet %(day)s, og samtalen er seinare."),
    "form_open_here": _l("Skjema %(form)d kan ikkje opnast: eit anna skjema er ope i programmet. Lukk det først."),
    "case_closed_here": _l("Saka er avslutta i programmet. Opne ho igjen før du les inn fleire samtalar."),
}


COLUMNS: Mapping[str, LazyString] = {
    "person_ref": _l("Dykkar eigen nøkkel for personen, den same i alle filer. Aldri fødselsnummer."),
    "name": _l("Fullt namn, likt på alle linjer for personen."),
    "birth_date": _l("Fødselsdato, skriven som 1941-05-17."),
    "form": _l("Nummeret på skjemaet: 1, 2, 3 og så vidare."),
    "activity": _l("Aktiviteten, skriven likt kvar gong."),
    "conversation_date": _l("Dagen samtalen var, skriven som 2026-01-31."),
    "score": _l("Heilt tal frå 0 til 10. Tom når det ikkje vart spurt."),
    "performed_by": _l("Kven som heldt samtalen, likt på alle linjer i samtalen. Kan vere tom."),
}
"""What each column of a file holds."""


def sentence(fault: Fault) -> str:
    """The fault as one line for people: where, and what."""
    return _("Linje %(line)d: %(what)s", line=fault.line, what=_what(fault))


def sentences(faults: Iterable[Fault]) -> tuple[str, ...]:
    """Every fault, those that are alike in one line: "Linje 2, 5–9: name er tom."."""
    found: dict[str, list[int]] = {}
    for fault in sorted(faults, key=lambda one: one.line):
        found.setdefault(_what(fault), []).append(fault.line)
    return tuple(_("Linje %(lines)s: %(what)s", lines=_ranges(lines), what=what) for what, lines in found.items())


def _what(fault: Fault) -> str:
    """What is wrong. What the program says itself is never cut: the names of the columns, say."""
    seen = {name: _shown(value) for name, value in fault.values.items()}
    if "value" in seen:
        seen["value"] = _cut(str(seen["value"]))
    return str(FAULTS[fault.code]) % seen


def _ranges(lines: Iterable[int]) -> str:
    """Numbers in order, those that follow one another as a span."""
    spans: list[tuple[int, int]] = []
    for line in lines:
        if spans and line <= spans[-1][1] + 1:
            spans[-1] = spans[-1][0], line
        else:
            spans.append((line, line))
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def _shown(value: object) -> object:
    """A value as it may stand in a sentence: dates as in the file, no letters that steer a terminal."""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c)[0] == "C" else c for c in value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
