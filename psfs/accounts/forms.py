"""The shape of what is typed about accounts, services and settings."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from psfs.domain.due import Limits
from psfs.domain.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask_babel.speaklater import LazyString

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
ROLES: dict[Role, LazyString] = {
    Role.STAFF: _l("Tilsett"),
    Role.LEADER: _l("Leiar"),
    Role.KE: _l("Koordinerande eining"),
    Role.ADMIN: _l("Administrator"),
}
LAYOUTS: dict[str, Any] = {"one": _l("Éin aktivitet om gongen"), "all": _l("Alle på eitt ark")}
MISSING: Any = _l("Fyll ut dette feltet.")
MOST_DAYS = 3650
_RADIO: Any = wtforms.RadioField  # newer than the stubs, as are its messages
_SELECT: Any = wtforms.SelectField
_CHOICE: Any = wtforms.SelectChoice  # type: ignore[attr-defined]


def stripped(text: str | None) -> str | None:
    """Without blanks around, and without characters that cannot be seen."""
    return None if text is None else "".join(sign for sign in text if sign.isprintable()).strip()


def at_most(most: int) -> Length:
    """At most so many characters, in words of our own."""
    return Length(max=most, message=_l("Skriv høgst %(max)d teikn."))


def choice(label: Any, choices: Mapping[str, Any]) -> Any:
    """A choice among a few; ``choices`` is code and words."""
    return _RADIO(label, choices=_choices(choices.items()), invalid_choice_message=_l("Vel eitt av alternativa."))


def _choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    return [_CHOICE(value=value, label=label) for value, label in pairs]


class WholeNumberField(IntegerField):
    """A whole number; what is none stays in the field and is refused once, in words of our own."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


class RoomForm(FlaskForm):
    """A form of this room."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def is_sent(self) -> bool:
        """Whether the form was sent, and everything in it is as it should be."""
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]


class SignInForm(RoomForm):
    """User name and passphrase; ``kept`` holds a form that was not sent (see ``resume``)."""

    username = StringField(_l("Brukarnamn"), [DataRequired(MISSING), at_most(64)], filters=[stripped])
    passphrase = PasswordField(_l("Passfrase"), [InputRequired(MISSING)])
    next = HiddenField()
    kept = HiddenField()


class NewPassphraseForm(RoomForm):
    """A new passphrase, twice."""

    passphrase = PasswordField(_l("Ny passfrase"), [InputRequired(MISSING)])
    again = PasswordField(_l("Same passfrase ein gong til"), [InputRequired(MISSING)])

    def validate_again(self, field: PasswordField) -> None:
        """The two must be the same."""
        if field.data != self.passphrase.data:
            raise ValidationError(_l("Dei to passfrasane er ikkje like."))


class CodeForm(NewPassphraseForm):
    """The first sign-in: a one-time code, and the passphrase from now on."""

    username = StringField(_l("Brukarnamn"), [DataRequired(MISSING), at_most(64)], filters=[stripped])
    code = StringField(_l("Eingongskode"), [DataRequired(MISSING), at_most(40)], filters=[stripped])


class ChangePassphraseForm(NewPassphraseForm):
    """Another passphrase, by someone who knows the old one."""

    old = PasswordField(_l("Noverande passfrase"), [InputRequired(MISSING)])


class OwnForm(RoomForm):
    """What a member of staff chooses for themselves."""

    scoring_layout = choice(_l("Skåring i samtalar"), LAYOUTS)


class UserForm(RoomForm):
    """An account. ``id`` is made with the page, so that sending twice makes one."""

    id = HiddenField()
    username = StringField(_l("Brukarnamn"), [DataRequired(MISSING), at_most(64)], filters=[stripped])
    name = StringField(_l("Fullt namn"), [DataRequired(MISSING), at_most(200)], filters=[stripped])
    role = choice(_l("Rolle"), {role.value: text for role, text in ROLES.items()})
    service = _SELECT(_l("Teneste"), [Optional()], invalid_choice_message=_l("Vel frå lista."))
    phone = TelField(_l("Telefon"), [at_most(40)], filters=[stripped])

    def for_new(self) -> None:
        """Give the page of a new account its id."""
        self.id.data = str(uuid.uuid4())

    def offer(self, services: list[tuple[str, str]]) -> None:
        """Which services can be chosen."""
        self.service.choices = _choices([("", _("Inga teneste")), *services])

    @property
    def service_id(self) -> uuid.UUID | None:
        """The service chosen."""
        return uuid.UUID(self.service.data) if self.service.data else None


class ServiceForm(RoomForm):
    """A service."""

    id = HiddenField()
    name = StringField(_l("Namn"), [DataRequired(MISSING), at_most(200)], filters=[stripped])
    phone = TelField(_l("Telefon"), [at_most(40)], filters=[stripped])
    external = BooleanField(_l("Utanfor kommunen (NAV, sjukehus, fastlege …)"))
    active = BooleanField(_l("I bruk"))


def _whole_number(label: Any, most: int) -> WholeNumberField:
    limits = NumberRange(0, most, _l("Skriv eit heilt tal frå 0 til %(max)d."))
    return WholeNumberField(label, [InputRequired(MISSING), limits])


class SettingsForm(RoomForm):
    """The thresholds that the municipality sets; the names are those of ``due.Limits``."""

    level0_days = _whole_number(_l("Dagar på nivå 0"), MOST_DAYS)
    follow_up_days = _whole_number(_l("Dagar til neste samtale"), MOST_DAYS)
    evaluation_days = _whole_number(_l("Dagar til evaluering"), MOST_DAYS)
    consent_warning_days = _whole_number(_l("Dagar før eit samtykke går ut"), MOST_DAYS)
    soon_days = _whole_number(_l("Dagar som tel som «snart»"), MOST_DAYS)
    consent_age = _whole_number(_l("Alder for eige samtykke"), 120)

    def limits(self) -> Limits:
        """The thresholds as typed; only after validation."""
        values: dict[str, Any] = {field.name: self[field.name].data for field in fields(Limits)}
        return Limits(**values)
