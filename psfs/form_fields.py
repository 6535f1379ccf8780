"""Form fields that speak the reader's language and take text as it comes from a browser."""

from __future__ import annotations

from typing import Any

import wtforms
from flask_babel import lazy_gettext
from wtforms.validators import InputRequired

from psfs import clock
from psfs.fields import DayField, at_most
from psfs.text import lines, one_line

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
_SELECT: Any = wtforms.SelectField
LONG = 10_000
NAME = 200


def day(label: Any, missing: Any = None, **kwargs: Any) -> Any:
    """A day that must be given (``missing`` is said when it is not), today unless told otherwise."""
    return DayField(label, [InputRequired(missing or _l("Vel ein dato."))], **{"default": clock.today, **kwargs})


def maybe_day(label: Any, **kwargs: Any) -> Any:
    """A day that may be left empty."""
    return DayField(label, [wtforms.validators.Optional()], **kwargs)


def line(label: Any, missing: Any = None, **kwargs: Any) -> Any:
    """One line of text, required if ``missing`` says what to do."""
    checks: list[Any] = [Filled(missing)] if missing else []
    checks.append(at_most(NAME))
    return wtforms.StringField(label, checks, filters=[one_line], **kwargs)


def words(label: Any, missing: Any = None, **kwargs: Any) -> Any:
    """Text over several lines, required if ``missing`` says what to do."""
    checks: list[Any] = [Filled(missing)] if missing else []
    checks.append(at_most(LONG))
    return wtforms.TextAreaField(label, checks, filters=[lines], **kwargs)


class Filled:
    """Something other than blanks was typed."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.data:
            field.errors[:] = []
            raise wtforms.validators.StopValidation(str(self.message))


def select(label: Any, **kwargs: Any) -> Any:
    """A choice that must be made from a list that the page fills in."""
    missing = _l("Vel frå lista.")
    return _SELECT(label, [Filled(missing)], choices=[], invalid_choice_message=missing, **kwargs)
