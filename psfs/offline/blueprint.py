"""The room's blueprint, and what all of its answers to a device have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from psfs.conversations.bodies import MalformedError
from psfs.json_answers import NotStrict, refuse, strict

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.domain.errors import Refusal

bp = Blueprint("offline", __name__)
STATUS = {"not_found": 404, "revoked": 410, "id_used": 409, "other_account": 403, "other_body": 409, "malformed": 422}
"""The status of each refusal of this room that is about the device and not about a conversation."""


@bp.errorhandler(MalformedError)
def _malformed(error: MalformedError) -> Response:
    return refuse("malformed", 422, where=error.where)


def refused(refusal: Refusal) -> Response:
    """The answer to a device that is told no."""
    return refuse(refusal.code, STATUS[refusal.code])


def body(*names: str, may: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The JSON that was sent: an object with these fields, perhaps those that it ``may`` have, and no other.

    Raises:
        MalformedError: it is something else.
    """
    try:
        found = strict(request.get_data())
    except NotStrict:
        raise MalformedError("") from None
    if not isinstance(found, dict) or set(found) - may != set(names):
        raise MalformedError("")
    return found


def device_time() -> datetime | None:
    """What the device's clock says (``Device-Time``, ISO 8601 with offset), in UTC; None where it says nothing."""
    try:
        moment = datetime.fromisoformat(request.headers.get("Device-Time", ""))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
