"""The shape of what this room's pages send."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from psfs.fields import CaseForm, at_most
from psfs.text import lines

_l: Any = lazy_gettext  # the stubs of a form know only plain texts, not ones looked up later
REASON_LENGTH = 4000


class PutAwayForm(CaseForm):
    """Why a conversation that was handed in is not kept."""

    reason = TextAreaField(
        _l("Kvifor skal han ikkje lagrast?"),
        [DataRequired(_l("Skriv ei grunngjeving.")), at_most(REASON_LENGTH)],
        filters=[lines],
    )
