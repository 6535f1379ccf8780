"""The shape of what people type in this room. No rules of the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from psfs.bti import words
from psfs.bti.service import Decision
from psfs.domain.consents import lacks_name
from psfs.domain.reasons import lacks_words
from psfs.fields import CaseForm, IdField, NewIdField, VersionField, choice
from psfs.form_fields import day, line, maybe_day, select
from psfs.form_fields import words as long_text
from psfs.messages import MESSAGES

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
YOUR_CHOICE = _l("Vel eitt av alternativa.")


class DecisionForm(CaseForm):
    """Who decided, when, who took part and why; ``seen`` notices a change made meanwhile."""

    id: Any = NewIdField()
    seen = HiddenField()
    decided_on = day(_l("Når vart det avgjort?"))
    decided_by = line(_l("Kven avgjorde?"))
    participants = line(_l("Kven var med?"))
    reason = long_text(_l("Grunngjeving"))

    def decision(self) -> Decision:
        """What the form says, for the verb."""
        return Decision(
            id=self.id.data,
            seen=self.seen.data or "",
            on=self.decided_on.data,
            by=self.decided_by.data,
            participants=self.participants.data,
            reason=self.reason.data,
        )


class StepForm(DecisionForm):
    """One step: done, or skipped."""

    step = HiddenField()
    decided_on = day(_l("Når vart det gjort?"))
    decided_by = line(_l("Kven gjorde det?"))
    reason = long_text(_l("Merknad"), description=_l("Må fyllast ut om du hoppar over steget."))


class SkipForm(DecisionForm):
    """One step that can only be skipped now."""

    step = HiddenField()


class DecidingForm(DecisionForm):
    """The deciding step and its outcome; the choices depend on the level."""

    step = HiddenField()
    outcome = choice(_l("Kva er avgjort?"), {}, _l("Vel kva som er avgjort."))


class MoveForm(DecisionForm):
    """A move outside the deciding step."""

    to_level = choice(_l("Kva nivå skal saka til?"), {}, _l("Vel eit nivå."), coerce=int)


class CloseForm(DecisionForm):
    """Closing: why, and the last evaluation (B5)."""

    reason_code = choice(_l("Kvifor blir saka avslutta?"), words.CLOSE_REASONS, _l("Vel kvifor saka skal avsluttast."))
    evaluation = long_text(_l("Siste evaluering"), _l("Skriv ei siste evaluering."))
    reason = long_text(_l("Meir om grunnen"))

    def validate_reason(self, field: Any) -> None:
        """Told together with what else is missing."""
        if lacks_words(self.reason_code.data or "", field.data or ""):
            raise ValidationError(str(MESSAGES["needs_reason"]))


class ReopenForm(DecisionForm):
    """Opening a closed case again."""

    reason = long_text(_l("Kvifor skal saka opnast igjen?"), _l("Skriv kvifor saka skal opnast igjen."))


class ConsentForm(CaseForm):
    """A consent to the log, or for a service."""

    id: Any = NewIdField()
    service = select(_l("Kva gjeld samtykket?"))
    given_by = choice(_l("Kven gir samtykket?"), words.GIVEN_BY, _l("Vel kven som gir samtykket."))
    given_by_name = line(
        _l("Namn på den eller dei som gir samtykket"),
        description=_l("Må fyllast ut når det er andre enn personen sjølv."),
    )
    how = choice(_l("Korleis er det gitt?"), words.HOW, _l("Vel korleis samtykket er gitt."))
    from_on = day(_l("Gjeld frå"))
    until_on = maybe_day(_l("Gjeld til og med"), description=_l("La stå tomt om det ikkje er avtalt nokon slutt."))

    def validate_given_by_name(self, field: Any) -> None:
        """Told together with what else is missing."""
        if lacks_name(self.given_by.data or "", field.data or ""):
            raise ValidationError(str(MESSAGES["giver_unnamed"]))


class LegalBasisForm(CaseForm):
    """A legal basis in a consent's place, with the reason."""

    id: Any = NewIdField()
    service = select(_l("Kva gjeld heimelen?"))
    legal_basis = line(
        _l("Heimel"), _l("Skriv kva lov eller føresegn som er heimelen."), description=_l("Lov og paragraf.")
    )
    reason = long_text(_l("Kvifor blir heimelen brukt?"), _l("Skriv ei grunngjeving."))
    from_on = day(_l("Gjeld frå"))
    until_on = maybe_day(_l("Gjeld til og med"), description=_l("La stå tomt om det ikkje er avtalt nokon slutt."))


class WithdrawForm(CaseForm):
    """Withdrawing a consent."""

    withdrawn_on = day(_l("Når vart det trekt?"))
    withdrawn_by = line(_l("Kven trekte det?"), _l("Skriv kven som trekte det."))
    reason = long_text(_l("Merknad"))
    all_of_them = BooleanField(_l("Trekk dei andre samtykka òg"))


class InterventionForm(CaseForm):
    """An agreed measure."""

    id: Any = NewIdField()
    version = VersionField(default=1)
    goal = long_text(_l("Mål"), _l("Skriv målet med tiltaket."), description=_l("Kva skal bli betre for personen?"))
    what = long_text(_l("Tiltak"), _l("Skriv kva som skal gjerast."), description=_l("Kva skal gjerast?"))
    responsible_id = select(_l("Ansvarleg"))
    responsible = line(_l("Namn, om det er ein annan"))
    service = select(_l("Teneste"))
    started_on = day(_l("Tek til"))
    deadline = maybe_day(_l("Frist"))
    evaluate_on = maybe_day(_l("Skal evaluerast"))


class EvaluateForm(CaseForm):
    """How a measure went, and whether it ends."""

    version = VersionField(default=1)
    result = choice(_l("Korleis gjekk det?"), words.RESULTS, _l("Vel korleis det gjekk."))
    evaluation = long_text(_l("Evaluering"), _l("Skriv korleis det gjekk."))
    evaluated_on = day(_l("Evaluert"))
    ends = choice(
        _l("Vegen vidare"),
        {"yes": _l("Avslutt tiltaket"), "no": _l("Hald fram med tiltaket")},
        _l("Vel om tiltaket skal halde fram."),
    )
    next_on = maybe_day(_l("Neste evaluering"), description=_l("Når tiltaket held fram."))


class HandoverForm(CaseForm):
    """An offer of the baton."""

    id: Any = NewIdField()
    to = select(_l("Kven skal ta over?"))
    reason = long_text(_l("Kvifor?"), _l("Skriv kvifor stafetten skal vidare."))
    persons_view = long_text(_l("Kva seier personen sjølv?"), description=_l("La stå tomt om det ikkje er kjent."))


class AnswerForm(CaseForm):
    """The successor's answer."""

    offer = IdField()
    answer = choice(
        _l("Svaret ditt"),
        {"accept": _l("Ja, eg tek over"), "decline": _l("Nei, eg kan ikkje")},
        _l("Vel ja eller nei."),
    )
    reason = long_text(_l("Merknad"), description=_l("Må fyllast ut om du seier nei."))


class WithdrawOfferForm(CaseForm):
    """Taking an offer back."""

    offer = IdField()


class NoteForm(CaseForm):
    """A note or a meeting."""

    id: Any = NewIdField()
    kind = choice(_l("Kva slag?"), {"note": words.KINDS["note"], "meeting": words.KINDS["meeting"]}, YOUR_CHOICE)
    decided_on = day(_l("Dato"))
    participants = line(_l("Kven var med?"))
    text = long_text(_l("Tekst"), _l("Skriv noko først."), description=_l("Personen kan lese dette."))


class StrikeForm(CaseForm):
    """Striking an entry of the log."""

    id: Any = NewIdField()
    reason = long_text(_l("Kvifor blir innføringa stroken?"), _l("Skriv ei grunngjeving."))


class CorrectForm(CaseForm):
    """Putting an entry's details right."""

    id: Any = NewIdField()
    decided_on = day(_l("Dato"))
    decided_by = line(_l("Kven avgjorde?"))
    participants = line(_l("Kven var med?"))
    reason = long_text(_l("Grunngjeving"))
    text = long_text(_l("Tekst"))
    why = long_text(_l("Kva var feil?"), _l("Skriv kva som var feil."))
