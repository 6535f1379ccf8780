"""The shape of what is typed about accounts, services and settings."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from psfs.domain.due import Limits
from psfs.domain.permissions import Role
from psfs.fields import PageForm, at_most, choice, options
from psfs.text import one_line

if TYPE_CHECKING:
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
_SELECT: Any = wtforms.SelectField


class WholeNumberField(IntegerField):
    """A whole number; what is none stays in the field and is refused once, in words of our own."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


class SignInForm(PageForm):
    """User name and passphrase; ``kept`` holds a form that was not sent (see ``resume``)."""

    username = StringField(_l("Brukarnamn"), [DataRequired(MISSING), at_most(64)], filters=[one_line])
    passphrase = PasswordField(_l("Passfrase"), [InputRequired(MISSING)])
    next = HiddenField()
    kept = HiddenField()


class NewPassphraseForm(PageForm):
    """A new passphrase, twice."""

    passphrase = PasswordField(_l("Ny passfrase"), [InputRequired(MISSING)])
    again = PasswordField(_l("Same passfrase ein gong til"), [InputRequired(MISSING)])

    def validate_again(self, field: PasswordField) -> None:
        """The two must be the same."""
        if field.data != self.passphrase.data:
            raise ValidationError(_l("Dei to passfrasane er ikkje like."))


class CodeForm(NewPassphraseForm):
    """The first sign-in: a one-time code, and the passphrase from now on."""

    username = StringField(_l("Brukarnamn"), [DataRequired(MISSING), at_most(64)], filters=[one_line])
    code = StringField(_l("Eingongskode"), [DataRequired(MISSING), at_most(40)], filters=[one_line])


class ChangePassphraseForm(NewPassphraseForm):
    """Another passphrase, by someone who knows the old one."""

    old = PasswordField(_l("Noverande passfrase"), [InputRequired(MISSING)])


class OwnForm(PageForm):
    """What a member of staff chooses for themselves."""

    scoring_layout = choice(_l("Skåring i samtalar"), LAYOUTS)


class UserForm(PageForm):
    """An account. ``id`` is made with the page, so that sending twice makes one."""

    id = HiddenField()
    username = StringField(_l("Brukarnamn"), [DataRequired(MISSING), at_most(64)], filters=[one_line])
    name = StringField(_l("Fullt namn"), [DataRequired(MISSING), at_most(200)], filters=[one_line])
    role = choice(_l("Rolle"), {role.value: text for role, text in ROLES.items()})
    service = _SELECT(_l("Teneste"), [Optional()], invalid_choice_message=_l("Vel frå lista."))
    phone = TelField(_l("Telefon"), [at_most(40)], filters=[one_line])

    def for_new(self) -> None:
        """Give the page of a new account its id."""
        self.id.data = str(uuid.uuid4())

    def offer(self, services: list[tuple[str, str]]) -> None:
        """Which services can be chosen."""
        self.service.choices = options([("", _("Inga teneste")), *services])

    @property
    def service_id(self) -> uuid.UUID | None:
        """The service chosen."""
        return uuid.UUID(self.service.data) if self.service.data else None


class ServiceForm(PageForm):
    """A service."""

    id = HiddenField()
    name = StringField(_l("Namn"), [DataRequired(MISSING), at_most(200)], filters=[one_line])
    phone = TelField(_l("Telefon"), [at_most(40)], filters=[one_line])
    external = BooleanField(_l("Utanfor kommunen (NAV, sjukehus, fastlege …)"))
    active = BooleanField(_l("I bruk"))


def _whole_number(label: Any, most: int, least: int = 0) -> WholeNumberField:
    limits = NumberRange(least, most, _l("Skriv eit heilt tal frå %(min)d til %(max)d."))
    return WholeNumberField(label, [InputRequired(MISSING), limits])


class SettingsForm(PageForm):
    """The thresholds that the municipality sets; the names are those of ``due.Limits``."""

    level0_days = _whole_number(_l("Dagar på nivå 0"), MOST_DAYS)
    follow_up_days = _whole_number(_l("Dagar til neste samtale"), MOST_DAYS)
    evaluation_days = _whole_number(_l("Dagar til evaluering"), MOST_DAYS)
    consent_warning_days = _whole_number(_l("Dagar før eit samtykke går ut"), MOST_DAYS)
    soon_days = _whole_number(_l("Dagar som tel som «snart»"), MOST_DAYS)
    consent_age = _whole_number(_l("Alder for eige samtykke"), 120)
    ke_days = _whole_number(_l("Dagar KE har på å avgjere eit behov"), 365, 1)
    meetings_a_year = _whole_number(_l("Møte i året på nivå 3"), 24)
    coordinator_cases = _whole_number(_l("Saker éin koordinator bør ha"), 100)
    offline_cases = _whole_number(_l("Saker på ei eining"), 100)
    offline_days = _whole_number(_l("Dagar ei sak ligg på ei eining"), 31, 1)

    def limits(self) -> Limits:
        """The thresholds as typed; only after validation."""
        values: dict[str, Any] = {field.name: self[field.name].data for field in fields(Limits)}
        return Limits(**values)
