"""What the forms of every room are made of: fields that speak the reader's language and take what a browser sends."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from psfs.domain.identity_number import looks_like_identity_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
_RADIO: Any = wtforms.RadioField  # newer than the stubs, as are its messages


class PageForm(FlaskForm):
    """A form of any page, with the types that its base lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def accepted(self) -> bool:
        """Whether the form was sent and its fields hold what they must; says what is wrong in the fields."""
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]

    def refuse(self, name: str, text: str) -> None:
        """Show at the field ``name`` what a rule said."""
        field = self[name]
        field.errors = [*field.errors, text]


class CaseForm(PageForm):
    """A form about a person: a national identity number typed anywhere in it is refused. ``numbers`` names fields that
    are meant for other numbers."""

    numbers: frozenset[str] = frozenset()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check all fields."""
        good = bool(super().validate(extra_validators))
        for field in self:
            typed = isinstance(field, wtforms.StringField) and not isinstance(field, wtforms.HiddenField)
            typed = typed and field.name not in self.numbers
            if typed and looks_like_identity_number(str(field.data or "")):
                field.errors = [*field.errors, _("Dette ser ut som eit fødselsnummer. Det skal ikkje lagrast her.")]
                good = False
        return good


class IdField(wtforms.HiddenField):
    """An id that the page was made with, or None. What is no id is said."""

    data: Any

    def __init__(self, label: str = "", validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)  # with no label it would look one up, for a field nobody sees
        self.type = "HiddenField"  # the error summary links to no hidden field

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the id; an empty one is None."""
        text = valuelist[0] if valuelist else ""
        try:
            self.data = uuid.UUID(text) if text else None
        except ValueError:
            self.data = None
            raise ValueError(_broken()) from None


class NewIdField(IdField):
    """The id of what the form makes, made when the page was: sent twice it makes one. A broken one is replaced."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, **{"default": uuid.uuid4, **kwargs})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the id; there must be one."""
        try:
            super().process_formdata(valuelist)
        finally:
            given, self.data = self.data, self.data or uuid.uuid4()
        if given is None:
            raise ValueError(_broken())


class VersionField(wtforms.IntegerField):
    """Which version of a thing the page was made from; hidden."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, with words of our own where it is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_broken()) from None


class DayField(wtforms.DateField):
    """A day, as the browser's own date field sends it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, with words of our own where it is none; whether it may be empty is for the validators."""
        if not any(text.strip() for text in valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Skriv datoen som dag, månad og år.")) from None


def options(pairs: Iterable[tuple[Any, Any]], group: str | None = None) -> list[Any]:
    """Choices of a list, from codes and words."""
    return [SelectChoice(value=value, label=label, optgroup=group) for value, label in pairs]


def choice(label: Any, choices: Mapping[Any, Any], missing: Any = None, **kwargs: Any) -> Any:
    """A choice that must be made among a few, none of them made beforehand; ``choices`` is code and words."""
    missing = missing or _l("Vel eitt av alternativa.")
    return _RADIO(
        label,
        validators=[InputRequired(missing)],
        choices=options(choices.items()),
        invalid_choice_message=missing,
        invalid_value_message=missing,
        **kwargs,
    )


def at_most(length: int) -> Length:
    """At most so many characters, in words of our own."""
    return Length(max=length, message=_l("Teksten er for lang. Bruk høgst %(max)d teikn."))


def _broken() -> str:
    return _("Noko i sida var øydelagt. Sjå over, og lagre ein gong til.")
