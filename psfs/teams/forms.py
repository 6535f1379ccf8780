"""The shape of what people type in this room. No rules of the domain."""

from __future__ import annotations

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms.validators import InputRequired, NumberRange

from psfs.fields import CaseForm, IdField, NewIdField, VersionField, at_most, choice
from psfs.form_fields import day, line, maybe_day
from psfs.form_fields import words as long_text
from psfs.teams import words
from psfs.text import one_line

LONGEST = 24 * 60
_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
_TICKS: Any = wtforms.SelectMultipleField


class ClockField(wtforms.TimeField):
    """The time of day, as the browser's own field sends it; may be left empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, with words of our own where it is none."""
        if not any(text.strip() for text in valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Skriv klokkeslettet som 10:30.")) from None


class LongField(wtforms.IntegerField):
    """A number of minutes."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, with words of our own where it is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Skriv eit heilt tal minutt.")) from None


class OtherMemberForm(CaseForm):
    """Somebody in the team who is no colleague."""

    id: Any = NewIdField()
    kind = choice(_l("Kven er det?"), words.KINDS, _l("Vel kven det er."))
    related_id: Any = wtforms.SelectField(_l("Kva pårørande?"), choices=[], validate_choice=False)
    name = line(_l("Namn"), description=_l("For nokon utanfor kommunen."))
    service_id: Any = wtforms.SelectField(_l("Kvar kjem dei frå?"), choices=[], validate_choice=False)
    phone: Any = wtforms.StringField(_l("Telefon"), [at_most(40)], filters=[one_line])
    role: Any = wtforms.StringField(
        _l("Rolle"),
        [at_most(100)],
        filters=[one_line],
        description=_l("Til dømes fastlege, sakshandsamar eller dotter."),
    )
    task = line(_l("Kva gjer dei for personen?"))
    from_on = day(_l("Frå"))


class TaskForm(CaseForm):
    """What somebody in the team does."""

    role: Any = wtforms.StringField(_l("Rolle"), [at_most(100)], filters=[one_line])
    task = line(_l("Kva gjer dei for personen?"))


class StartTeamForm(CaseForm):
    """From when there is a team."""

    id: Any = NewIdField()
    started_on = day(_l("Teamet er i gang frå"))


class EndTeamForm(CaseForm):
    """Why the team is no longer needed."""

    team: Any = IdField()
    reason = long_text(_l("Kvifor blir teamet avslutta?"), _l("Skriv kvifor teamet blir avslutta."))
    ended_on = day(_l("Frå når?"))


class MeetingForm(CaseForm):
    """Planning a meeting."""

    id: Any = NewIdField()
    version = VersionField(default=1)
    planned_on = day(_l("Dag"), _l("Vel ein dag."), default=None)
    starts_at: Any = ClockField(_l("Klokka"), [wtforms.validators.Optional()])
    minutes_long: Any = LongField(
        _l("Minutt"),
        [InputRequired(_l("Skriv kor lenge.")), NumberRange(5, LONGEST, _l("Skriv frå 5 til 1440 minutt."))],
        default=60,
    )
    place = line(_l("Stad"), description=_l("Gjerne der personen sjølv vil."))
    agenda = long_text(_l("Kva skal me snakke om?"), _l("Skriv kva møtet handlar om."))
    invited: Any = _TICKS(
        _l("Kven blir kalla inn?"),
        choices=[],
        validate_choice=False,
        option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False),
        description=_l("Berre dei som trengst denne gongen."),
    )
    others = line(_l("Andre"), description=_l("Namn på dei som ikkje er i teamet."))
    why = line(_l("Kvifor er dei ikkje kalla inn?"), description=_l("Grunngjevinga står i stafettloggen."))


class CancelForm(CaseForm):
    """Why a meeting is not held."""

    version = VersionField(default=1)
    reason = long_text(_l("Kvifor blir møtet avlyst?"), _l("Skriv kvifor møtet blir avlyst."))


class MinutesForm(CaseForm):
    """The minutes; ``close`` is the button that closes them."""

    version = VersionField(default=1)
    held_on = day(_l("Når vart møtet halde?"))
    present = line(_l("Kven var med?"), _l("Skriv kven som var med."))
    minutes = long_text(_l("Referat"), _l("Skriv kva de snakka om."), description=_l("Personen kan lese dette."))
    next_agreed = choice(_l("Er neste møte avtalt?"), words.YES_NO, _l("Vel ja eller nei."))
    next_on = maybe_day(_l("Neste møte"))


class AdditionForm(CaseForm):
    """Something to add to minutes that are closed."""

    id: Any = NewIdField()
    text = long_text(
        _l("Tillegg"), _l("Skriv noko først."), description=_l("Referatet står som det var. Tillegget kjem under.")
    )


class AgreementForm(CaseForm):
    """Something that the meeting decided: it becomes a measure."""

    id: Any = NewIdField()
    what = long_text(_l("Kva er avtalt?"), _l("Skriv kva som er avtalt."))
    goal = long_text(_l("Mål"), description=_l("Kva skal bli betre for personen?"))
    responsible_id: Any = wtforms.SelectField(_l("Ansvarleg"), choices=[], validate_choice=False)
    responsible = line(_l("Namn, om det er ein annan"))
    deadline = day(_l("Frist"), _l("Vel ein frist."), default=None)
