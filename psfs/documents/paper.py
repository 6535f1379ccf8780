"""The form on paper: empty, or with name and activities for the next conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.domain.activities import MAX_ACTIVE
from psfs.domain.scoring import SCALE_VERSION

if TYPE_CHECKING:
    from psfs.conversations.views import FormView

SCALE_FACES = {0: 1, 3: 2, 5: 3, 7: 4, 10: 5}
"""The faces stand over these digits, as on the screen."""

COLUMNS = 4
"""Dated columns on the paper form."""


def blank() -> dict[str, Any]:
    """The values of ``documents/paper.html`` for nobody."""
    return {
        "name": "",
        "activities": [""] * MAX_ACTIVE,
        "last_held_on": None,
        "columns": COLUMNS,
        "scale_faces": SCALE_FACES,
        "scale_version": SCALE_VERSION,
    }


def filled(form: FormView) -> dict[str, Any]:
    """The same with the activities that the next conversation is about: those not ended today.

    No earlier scores, so that they do not steer (P14).
    """
    texts = [activity.text for activity in form.active_on(clock.today() + timedelta(days=1))]
    return {
        **blank(),
        "name": form.person_name,
        "running": form.person_name,
        "activities": texts + [""] * (MAX_ACTIVE - len(texts)),
        "last_held_on": form.latest.held_on if form.latest else None,
        "scale_version": form.scale_version,
    }
