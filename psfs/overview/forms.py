"""The shape of what people type in this room. No rules of the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from psfs.fields import NewIdField, PageForm
from psfs.form_fields import day, line, select


class NoteForm(PageForm):
    """What was changed, and when. ``service``: an id, or ALL; only for those who see several services."""

    id: Any = NewIdField()
    on = day(_l("Når gjorde de endringa?"))
    text = line(
        _l("Kva endra de?"),
        _l("Skriv kort kva de endra."),
        description=_l("Kort. Ikkje noko om einskilde personar."),
    )
    service = select(_l("Kven gjeld det?"))


ALL = "alle"
"""Every service together."""
