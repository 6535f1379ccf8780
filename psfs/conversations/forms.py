"""The shape of what this room's pages send; what it means is for the service and the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional

from psfs.conversations.inputs import REASON_LENGTH, TEXT_LENGTH
from psfs.conversations.words import NOT_TOLD, RESPONDENTS, RETIRE_REASONS
from psfs.fields import CaseForm, DayField, IdField, NewIdField, at_most, choice, options
from psfs.text import lines, one_line

if TYPE_CHECKING:
    from psfs.conversations.views import ConversationView

_l: Any = lazy_gettext  # the stubs of a form know only plain texts, not ones looked up later
NAME_LENGTH = 200


class ConversationForm(CaseForm):
    """The fields that every conversation has; the answers are read by ``answers.read``."""

    id = NewIdField()
    form_id = IdField()
    base = IdField()
    received = IdField()  # what a device handed in and was set aside, of which this is made
    same_day = IdField()  # the other conversation of the day that the sender has been told of
    held_on = DayField(_l("Dato for samtalen"), [InputRequired(_l("Vel dagen samtalen vart halden."))])
    performed_by = StringField(
        _l("Kven heldt samtalen?"),
        [DataRequired(_l("Skriv kven som heldt samtalen.")), at_most(NAME_LENGTH)],
        filters=[one_line],
    )
    respondent = choice(_l("Kven svara?"), RESPONDENTS, _l("Vel kven som svara."))
    remark = TextAreaField(_l("Kva nytte opplever personen?"), [at_most(TEXT_LENGTH)], filters=[lines])
    next_due = DayField(_l("Neste samtale"), [Optional()])


class StartForm(CaseForm):
    """A new form; the activities are read from the fields named ``activity``."""

    id = NewIdField()
    close_reason = TextAreaField(_l("Kvifor startar de eit nytt skjema?"), [at_most(TEXT_LENGTH)], filters=[lines])


class ReasonForm(CaseForm):
    """Something that needs a reason and nothing else: striking, closing."""

    reason = TextAreaField(
        _l("Grunngjeving"),
        [DataRequired(_l("Skriv ei grunngjeving.")), at_most(TEXT_LENGTH)],
        filters=[lines],
    )


class CorrectForm(CaseForm):
    """A score put right; the answer itself is read by ``answers.read_one``."""

    id = NewIdField()
    expected = HiddenField()
    not_asked_reason = StringField(filters=[one_line], validators=[at_most(REASON_LENGTH)])
    reason = TextAreaField(
        _l("Kvifor rettar du?"),
        [DataRequired(_l("Skriv kvifor skåren blir retta.")), at_most(TEXT_LENGTH)],
        filters=[lines],
    )


class DetailsForm(CaseForm):
    """What a conversation tells beside the scores; ``seen`` is what stood there when the page was made."""

    seen = HiddenField()
    held_on = ConversationForm.held_on
    performed_by = StringField(_l("Kven heldt samtalen?"), [at_most(NAME_LENGTH)], filters=[one_line])
    respondent = ConversationForm.respondent
    remark = ConversationForm.remark
    next_due = ConversationForm.next_due
    reason = TextAreaField(
        _l("Kvifor rettar du?"),
        [at_most(TEXT_LENGTH)],
        filters=[lines],
        description=_l("Kan stå tomt når berre dagen for neste samtale er ny."),
    )

    def take_what_stands(self, talk: ConversationView) -> None:
        """Let stand what an imported conversation does not tell: nobody has to make up who held it or who answered."""
        if talk.respondent not in RESPONDENTS:
            self.respondent.choices = options([(talk.respondent, NOT_TOLD), *RESPONDENTS.items()])
        if talk.performed_by:
            self.performed_by.validators = [
                DataRequired(_l("Skriv kven som heldt samtalen.")),
                *self.performed_by.validators,
            ]


class AddForm(CaseForm):
    """One more activity, outside a conversation."""

    id = NewIdField()
    text = StringField(_l("Ny aktivitet"), filters=[one_line])


class RewordForm(CaseForm):
    """A typing error mended; ``expected`` is what stood there when the page was made."""

    expected = HiddenField()
    text = StringField(_l("Aktiviteten, rett skriven"), filters=[one_line])


class RetireForm(CaseForm):
    """Why an activity is retired."""

    reason = choice(_l("Kvifor blir aktiviteten avslutta?"), RETIRE_REASONS, _l("Vel kvifor."))
    note = TextAreaField(_l("Med eigne ord"), [at_most(TEXT_LENGTH)], filters=[lines])
