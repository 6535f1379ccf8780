"""The shape of what people type in this room. No rules of the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from psfs.coordination import words
from psfs.fields import CaseForm, NewIdField, VersionField, choice
from psfs.form_fields import day, line, maybe_day, select
from psfs.form_fields import words as long_text

YOUR_CHOICE = _l("Vel eitt av alternativa.")


class ReportForm(CaseForm):
    """A report of need to the coordinating unit."""

    id: Any = NewIdField()
    need = long_text(
        _l("Kva er behovet?"), _l("Skriv kva behovet er."), description=_l("Kva må koordinerast, og mellom kven?")
    )
    services = line(_l("Kva tenester gjeld det?"), description=_l("Dei som er med i dag, og dei som trengst."))
    persons_wish = long_text(_l("Kva ønskjer personen sjølv?"), description=_l("La stå tomt om det ikkje er kjent."))
    basis = choice(_l("Grunnlag for å melde"), words.BASIS, YOUR_CHOICE)
    legal_basis = line(
        _l("Kva lov gjev heimel for å melde utan samtykke?"),
        description=_l("Lov og paragraf. La stå tomt når grunnlaget er samtykke."),
    )
    decided_on = day(_l("Når er behovet meldt?"))


class AskForm(CaseForm):
    """What the coordinating unit needs to know before it decides."""

    version = VersionField(default=1)
    question = long_text(_l("Kva treng de å vite?"), _l("Skriv spørsmålet."))


class ReplyForm(CaseForm):
    """The answer to it."""

    version = VersionField(default=1)
    answer = long_text(_l("Svar"), _l("Skriv svaret."))


class DecideForm(CaseForm):
    """What the coordinating unit decides."""

    version = VersionField(default=1)
    coordinator = choice(_l("Skal personen ha koordinator?"), words.YES_NO, _l("Vel ja eller nei."))
    childrens_coordinator = choice(
        _l("Skal familien ha barnekoordinator?"),
        words.YES_NO,
        _l("Vel ja eller nei."),
        description=_l("Alvorleg sjukdom, skade eller funksjonsnedsetjing hos barnet, og behov for fleire tenester."),
    )
    plan = choice(_l("Skal personen ha individuell plan?"), words.YES_NO, _l("Vel ja eller nei."))
    reason = long_text(
        _l("Grunngjeving"), _l("Skriv ei grunngjeving."), description=_l("Den som melde, får lese dette.")
    )
    decided_on = day(_l("Når vart det avgjort?"))


class AppointForm(CaseForm):
    """Asking somebody to be coordinator."""

    id: Any = NewIdField()
    to = select(_l("Kven skal spørjast?"))
    kind = choice(_l("Kva rolle?"), {}, YOUR_CHOICE)
    persons_view = long_text(
        _l("Kva ønskjer personen sjølv?"),
        _l("Skriv kva personen ønskjer, eller kvifor det ikkje er spurt."),
        description=_l("Har personen ein ho eller han helst vil ha?"),
    )
    reason = long_text(_l("Kvifor akkurat denne?"), _l("Skriv ei kort grunngjeving."))


class PlanForm(CaseForm):
    """What the register knows of an individual plan."""

    numbers = frozenset({"reference"})  # a number in another system
    version = VersionField(default=0)
    state = choice(_l("Individuell plan"), words.PLANS, YOUR_CHOICE)
    since = day(_l("Sidan når?"))
    next_revision = maybe_day(_l("Når skal planen sjåast gjennom på nytt?"))
    reference = line(
        _l("Kvar ligg planen?"), description=_l("Ei lenkje, eller namnet på systemet og nummeret planen har der.")
    )
    goals = long_text(
        _l("Måla til personen, med eigne ord"),
        description=_l("Eitt mål på kvar linje. Aktivitetane frå skjemaet er henta hit."),
    )
    note = long_text(_l("Merknad"))
