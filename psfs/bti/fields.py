"""Form fields that speak the reader's language and take text as it comes from a browser."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from psfs import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
_RADIO: Any = wtforms.RadioField  # newer than the stubs, as are its messages
_SELECT: Any = wtforms.SelectField
LONG = 10_000
NAME = 200


def clean(value: str | None) -> str:
    """Text without blanks at the ends, with plain line ends and nothing a database cannot keep."""
    return (value or "").replace("\r\n", "\n").replace("\x00", "").strip()


class IdField(wtforms.HiddenField):
    """The id of what the form makes, made when the page was."""

    data: Any

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, **{"default": uuid.uuid4, **kwargs})
        self.type = "HiddenField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = uuid.UUID(valuelist[0])
        except (ValueError, IndexError):
            self.data = uuid.uuid4()
            raise ValueError(_("Sida var ufullstendig. Prøv å lagre ein gong til.")) from None


class VersionField(wtforms.IntegerField):
    """Which version of a thing the page was made from; hidden."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Sida var ufullstendig. Prøv å lagre ein gong til.")) from None


class DateField(wtforms.DateField):
    """A day, as the browser's date field sends it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Skriv datoen som dag, månad og år.")) from None


def options(pairs: Iterable[tuple[Any, Any]], group: str | None = None) -> list[Any]:
    """Choices of a list, from codes and words."""
    return [SelectChoice(value=value, label=label, optgroup=group) for value, label in pairs]


def day(label: Any, missing: Any = None, **kwargs: Any) -> Any:
    """A day that must be given (``missing`` is said when it is not), today unless told otherwise."""
    return DateField(label, [InputRequired(missing or _l("Vel ein dato."))], **{"default": clock.today, **kwargs})


def maybe_day(label: Any, **kwargs: Any) -> Any:
    """A day that may be left empty."""
    return DateField(label, [wtforms.validators.Optional()], **kwargs)


def line(label: Any, missing: Any = None, **kwargs: Any) -> Any:
    """One line of text, required if ``missing`` says what to do."""
    checks: list[Any] = [Filled(missing)] if missing else []
    checks.append(Length(max=NAME, message=_l("Skriv kortare: høgst %(max)d teikn.")))
    return wtforms.StringField(label, checks, filters=[clean], **kwargs)


def words(label: Any, missing: Any = None, **kwargs: Any) -> Any:
    """Text over several lines, required if ``missing`` says what to do."""
    checks: list[Any] = [Filled(missing)] if missing else []
    checks.append(Length(max=LONG, message=_l("Skriv kortare: høgst %(max)d teikn.")))
    return wtforms.TextAreaField(label, checks, filters=[clean], **kwargs)


class Filled:
    """Something other than blanks was typed."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.data:
            field.errors[:] = []
            raise wtforms.validators.StopValidation(str(self.message))


def choice(label: Any, choices: Mapping[Any, Any], missing: Any, **kwargs: Any) -> Any:
    """A choice that must be made among a few, none of them made beforehand; ``choices`` is code and words."""
    return _RADIO(
        label,
        validators=[InputRequired(missing)],
        choices=options(choices.items()),
        invalid_choice_message=missing,
        invalid_value_message=missing,
        **kwargs,
    )


def select(label: Any, **kwargs: Any) -> Any:
    """A choice that must be made from a list that the page fills in."""
    missing = _l("Vel frå lista.")
    return _SELECT(label, [Filled(missing)], choices=[], invalid_choice_message=missing, **kwargs)
