"""The shape of what is typed about persons and cases. No rules of the domain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import TextInput

from psfs import clock
from psfs.cases import names
from psfs.fields import CaseForm, DayField, NewIdField, VersionField, at_most, options
from psfs.language import LANGUAGES
from psfs.text import lines, one_line

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
OLDEST = 130  # years


class IdForm(CaseForm):
    """A form that makes something: the id it will have came with the page."""

    id = NewIdField()


class TypedDate(DateField):
    """A date typed as people write it (17.05.1941, 17051941) or as machines do; shown as people write it."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%d.%m.%Y", "%d%m%Y", "%Y-%m-%d", "%d/%m/%Y"], **kwargs)
        self.widget: Any = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; leave what was typed to be seen again."""
        if not valuelist or not valuelist[0].strip():
            return
        for form in self.strptime_format:
            try:
                self.data = datetime.strptime(valuelist[0].strip(), form).date()  # noqa: DTZ007 -- a date has no zone
            except ValueError:
                continue
            return
        self.data = None
        raise ValueError(_("Skriv ein dato som finst, med dag, månad og fire siffer for året, til dømes 17.05.1941."))


def _born(_form: CaseForm, field: DateField) -> None:
    if field.data is None:
        return
    if field.data > clock.today():
        raise ValidationError(_("Fødselsdatoen ligg fram i tid."))
    if field.data.year < clock.today().year - OLDEST:
        raise ValidationError(_("Fødselsdatoen ligg for langt tilbake. Sjå over årstalet."))


def _has_letters(_form: CaseForm, field: StringField) -> None:
    if not any(not word.isdigit() for word in names.words(field.data or "")):
        raise ValidationError(_("Skriv namnet med bokstavar."))


def chosen(_form: CaseForm, field: Any) -> None:
    """One of the choices, in words of our own where it is none."""
    if field.data not in {choice.value for choice in field.choices}:
        raise ValidationError(_("Vel eitt av alternativa."))


NAME: list[Any] = [DataRequired(_l("Skriv namnet.")), at_most(200), _has_letters]


class PersonFields(CaseForm):
    """What is kept about a person."""

    name = StringField(_l("Namn"), NAME, filters=[one_line])
    birth_date = TypedDate(_l("Fødselsdato"), [InputRequired(_l("Skriv fødselsdatoen.")), _born])
    language = SelectField(
        _l("Språket til personen"), [chosen], choices=options(LANGUAGES.items()), default="nn", validate_choice=False
    )
    phone = StringField(_l("Telefon"), [at_most(40)], filters=[one_line])
    journal_ref = StringField(_l("Referanse til journalsystemet"), [at_most(100)], filters=[one_line])
    shielded = BooleanField(_l("Skjerma: skal ikkje synast i søk eller lister for dei som ikkje har tilgang"))


class PersonForm(PersonFields):
    """Editing a person; ``version`` is the one the page was made from."""

    version = VersionField()
    cognitive_note = BooleanField(_l("Har kjend kognitiv svikt"))


class OpeningFields(IdForm):
    """Where a new case begins (B1). The choices are set by the route, from the ladders and the account."""

    ladder = RadioField(_l("Kva gjeld det?"), [chosen], validate_choice=False)
    level = RadioField(_l("Kvar byrjar saka?"), [chosen], default="0", validate_choice=False)
    reason = TextAreaField(_l("Kvifor rett på eit høgare nivå?"), [at_most(2000)], filters=[lines])
    service_id = SelectField(_l("Teneste"), [chosen], validate_choice=False)
    worry = TextAreaField(_l("Kva er uroa eller behovet?"), [at_most(4000)], filters=[lines])


class NewForm(PersonFields, OpeningFields):
    """A new person and case."""


class AnotherCaseForm(OpeningFields):
    """A case on another ladder for somebody who has one."""


class RelatedForm(IdForm):
    """Guardian or next of kin; the ids are its own, since the page has the person's form too."""

    name = StringField(_l("Namn"), NAME, filters=[one_line], id="related-name")
    relation = StringField(
        _l("Kva er dei for personen?"),
        [DataRequired(_l("Skriv til dømes mor, son eller verje.")), at_most(100)],
        filters=[one_line],
        id="related-relation",
    )
    phone = StringField(_l("Telefon"), [at_most(40)], filters=[one_line], id="related-phone")
    guardian = BooleanField(_l("Føresett eller verje"), id="related-guardian")


class MemberForm(IdForm):
    """A colleague who takes part."""

    user_id = RadioField(_l("Kven?"), [InputRequired(_l("Vel ein person."))], validate_choice=False)
    q = HiddenField()
    role = StringField(_l("Rolle"), [at_most(100)], filters=[one_line])
    task = StringField(_l("Kva gjer dei for personen?"), [at_most(200)], filters=[one_line])
    from_on = DayField(_l("Frå"), [InputRequired(_l("Vel ein dato."))])
    until_on = DayField(_l("Til og med"), [Optional()])

    def validate_until_on(self, field: DayField) -> None:
        """The end comes after the beginning."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("Sluttdatoen kan ikkje vere før startdatoen."))


class ContactForm(CaseForm):
    """Who is the contact person; the choices are set by the route."""

    contact_id = SelectField(_l("Kontaktperson"), [chosen], validate_choice=False)


class EmergencyForm(IdForm):
    """Why a case must be opened by somebody who takes no part in it."""

    reason = TextAreaField(
        _l("Kvifor må du opne saka no?"),
        [
            DataRequired(_l("Skriv kvifor du må opne saka.")),
            Length(min=10, message=_l("Skriv litt meir om kvifor, så andre kan forstå det.")),
            at_most(2000),
        ],
        filters=[lines],
    )
