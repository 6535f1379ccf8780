"""The shape of what this room's pages send; what it means is for the service and the domain."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from psfs.conversations.inputs import REASON_LENGTH, TEXT_LENGTH, tidy, tidy_lines
from psfs.conversations.words import RESPONDENTS, RETIRE_REASONS

_l: Any = lazy_gettext  # the stubs of a form know only plain texts, not ones looked up later
TOO_LONG = _l("Teksten er for lang. Bruk høgst %(max)d teikn.")
BROKEN = _l("Noko i sida var øydelagt. Sjå over, og lagre ein gong til.")
NAME_LENGTH = 200


class IdField(HiddenField):
    """An id made by the page. What is no id at all is replaced by a new one, and said."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "HiddenField"  # the error summary links to no hidden field

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the id; an empty one is None."""
        text = valuelist[0] if valuelist else ""
        try:
            self.data = uuid.UUID(text) if text else None
        except ValueError:
            self.data = None
            raise ValueError(str(BROKEN)) from None

    def _value(self) -> str:
        return str(self.data) if self.data else ""


class DayField(DateField):
    """A date, with a fault in the reader's language."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read an ISO date, as the browser's own date field sends it."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(_l("Skriv datoen med dag, månad og år."))) from None


def _line(value: str | None) -> str:
    return tidy(value or "")


def _lines(value: str | None) -> str:
    return tidy_lines(value or "")


def _one_of(words: dict[str, Any]) -> dict[str, Any]:
    choices = [SelectChoice(code, text) for code, text in words.items()]
    return {"choices": choices, "invalid_choice_message": _l("Vel eitt av alternativa.")}


class PageForm(FlaskForm):
    """A form of this room, with the types that its base lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def accepted(self) -> bool:
        """Whether the form was sent and its fields hold what they must; says what is wrong in the fields."""
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]

    def refuse(self, name: str, text: str) -> None:
        """Show at the field ``name`` what a rule said."""
        field = self[name]
        field.errors = [*field.errors, text]


class ConversationForm(PageForm):
    """The fields that every conversation has; the answers are read by ``answers.read``."""

    id = IdField(validators=[InputRequired(BROKEN)])
    form_id = IdField()
    base = IdField()
    same_day = IdField()  # the other conversation of the day that the sender has been told of
    held_on = DayField(_l("Dato for samtalen"), [InputRequired(_l("Vel dagen samtalen vart halden."))])
    performed_by = StringField(
        _l("Kven heldt samtalen?"),
        [DataRequired(_l("Skriv kven som heldt samtalen.")), Length(max=NAME_LENGTH, message=TOO_LONG)],
        filters=[_line],
    )
    respondent = RadioField(_l("Kven svara?"), [InputRequired(_l("Vel kven som svara."))], **_one_of(RESPONDENTS))
    remark = TextAreaField(
        _l("Kva nytte opplever personen?"), [Length(max=TEXT_LENGTH, message=TOO_LONG)], filters=[_lines]
    )
    next_due = DayField(_l("Neste samtale"), [Optional()])


class StartForm(PageForm):
    """A new form; the activities are read from the fields named ``activity``."""

    id = IdField(validators=[InputRequired(BROKEN)])
    close_reason = TextAreaField(
        _l("Kvifor startar de eit nytt skjema?"), [Length(max=TEXT_LENGTH, message=TOO_LONG)], filters=[_lines]
    )


class ReasonForm(PageForm):
    """Something that needs a reason and nothing else: striking, closing."""

    reason = TextAreaField(
        _l("Grunngjeving"),
        [DataRequired(_l("Skriv ei grunngjeving.")), Length(max=TEXT_LENGTH, message=TOO_LONG)],
        filters=[_lines],
    )


class CorrectForm(PageForm):
    """A score put right; the answer itself is read by ``answers.read_one``."""

    id = IdField(validators=[InputRequired(BROKEN)])
    expected = HiddenField()
    not_asked_reason = StringField(filters=[_line], validators=[Length(max=REASON_LENGTH, message=TOO_LONG)])
    reason = TextAreaField(
        _l("Kvifor rettar du?"),
        [DataRequired(_l("Skriv kvifor skåren blir retta.")), Length(max=TEXT_LENGTH, message=TOO_LONG)],
        filters=[_lines],
    )


class AddForm(PageForm):
    """One more activity, outside a conversation."""

    id = IdField(validators=[InputRequired(BROKEN)])
    text = StringField(_l("Ny aktivitet"), filters=[_line])


class RewordForm(PageForm):
    """A typing error mended; ``expected`` is what stood there when the page was made."""

    expected = HiddenField()
    text = StringField(_l("Aktiviteten, rett skriven"), filters=[_line])


class RetireForm(PageForm):
    """Why an activity is retired."""

    reason = RadioField(
        _l("Kvifor blir aktiviteten avslutta?"),
        [InputRequired(_l("Vel kvifor."))],
        **_one_of(RETIRE_REASONS),
    )
    note = TextAreaField(_l("Med eigne ord"), [Length(max=TEXT_LENGTH, message=TOO_LONG)], filters=[_lines])
