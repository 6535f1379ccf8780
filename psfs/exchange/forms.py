"""The shape of what is typed when scores are read in from a file."""

from __future__ import annotations

from typing import Any

import wtforms
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired

from psfs.domain.scoring import Scale
from psfs.fields import PageForm, choice

_l: Any = lazy_gettext  # a form takes a text that is looked up later; its stubs know only plain ones
_SELECT: Any = wtforms.SelectField
SCALES = {
    Scale.HIGHER_IS_BETTER.value: _l("0 er «kan ikkje», 10 er «kan utan vanskar»"),
    Scale.LOWER_IS_BETTER.value: _l("Omvendt: 0 er «utan vanskar»"),
}
"""P13: which way the file's scores run must be said; there is no default."""


class ScoresForm(PageForm):
    """The file, and what it does not say itself."""

    file = FileField(_l("Fil med skårar"), [FileRequired(_l("Vel ei fil."))])
    scale = choice(_l("Kva veg går skalaen i fila?"), SCALES, _l("Vel kva veg skalaen går."))
    service = _SELECT(_l("Kva teneste skal ha sakene?"), choices=[], validate_choice=False)
    holder = _SELECT(
        _l("Kven skal ha stafetten?"),
        choices=[],
        validate_choice=False,
        description=_l("Avtal det med den det gjeld først: programmet spør ikkje."),
    )


class ConfirmForm(PageForm):
    """The same once more, when the preview has been read. ``content``: the file; ``seal``: that just this was seen."""

    content = wtforms.HiddenField()
    scale = wtforms.HiddenField()
    service = wtforms.HiddenField()
    holder = wtforms.HiddenField()
    seal = wtforms.HiddenField()
