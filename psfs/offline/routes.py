"""What a device asks of the server, in JSON: how it stands, its key, cases to take along, what it hands in."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING, Any

from flask import g, request
from flask_wtf.csrf import generate_csrf

from psfs import clock
from psfs.accounts.current import open_to_all, permit, user
from psfs.accounts.settings import limits
from psfs.conversations import receiving
from psfs.conversations.bodies import MalformedError, an_id, moment
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.json_answers import answer, json_view, refuse
from psfs.offline import devices, queries, taking
from psfs.offline.blueprint import body, bp, device_time, refused
from psfs.text import one_line

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.models import Device, User
    from psfs.offline.taking import Taken

NAME_LENGTH = 200
MOST_AT_ONCE = 200
AGAIN = frozenset({"again"})
ALL_BUT = frozenset({"all_but"})


@bp.get("/eining/<uuid:device_id>/tilstand")
@open_to_all
@json_view
def state(device_id: uuid.UUID) -> Response:
    """How a device stands and who is signed in on it; never whose the device is."""
    in_force = limits()
    return answer(
        {
            "now": clock.now().isoformat(),
            "device": queries.state_of(device_id),
            "account": str(user().id) if g.user is not None else None,
            "csrf": generate_csrf() if g.user is not None else None,
            "limits": {"cases": in_force.offline_cases, "days": in_force.offline_days},
        }
    )


@bp.post("/eining")
@permit(Action.OFFLINE)
@json_view
def make_known() -> Response:
    """Make a device known and hand out its key."""
    sent = body("id", "name")
    device_id, name = _id(sent["id"], "id"), sent["name"]
    if not isinstance(name, str) or not (name := one_line(name)[:NAME_LENGTH]):
        raise MalformedError("name")
    try:
        device, new = devices.make_known(device_id, user(), name)
        return answer({**_key(device), "initials": initials(user())}, 201 if new else 200)
    except Refusal as refusal:
        return refused(refusal)


@bp.post("/eining/<uuid:device_id>/nokkel")
@permit(Action.OFFLINE)
@json_view
def key(device_id: uuid.UUID) -> Response:
    """The key of one's own device."""
    try:
        found = devices.key_of(device_id, user())
    except Refusal as refusal:
        return refused(refusal)
    return answer({"key": base64.b64encode(found).decode(), "account": str(user().id)})


@bp.post("/eining/<uuid:device_id>/ta-med")
@permit(Action.OFFLINE)
@json_view
def take(device_id: uuid.UUID) -> Response:
    """Take cases along; each by itself is taken or refused. ``again``: those that lie there, as they now are."""
    taken, told = [], []
    sent = body("cases", may=AGAIN)
    again = sent.get("again", False)
    if not isinstance(again, bool):
        raise MalformedError("again")
    for case_id in _ids(sent["cases"], "cases"):
        try:
            taken.append(_case(taking.take(device_id, user(), case_id, again=again)))
        except Refusal as refusal:
            told.append({"case": str(case_id), "code": refusal.code})
    try:
        devices.own(device_id, user())
    except Refusal as refusal:
        return refused(refusal)
    return answer({"taken": taken, "refused": told})


@bp.post("/eining/<uuid:device_id>/legg-fra")
@permit(Action.OFFLINE)
@json_view
def give_back(device_id: uuid.UUID) -> Response:
    """Note that cases no longer lie on the device; or, with ``all_but``, that none but those do."""
    sent = body("cases", may=ALL_BUT)
    try:
        back = taking.give_back(device_id, user(), _ids(sent["cases"], "cases"))
        if "all_but" in sent:
            taking.keep_only(device_id, user(), _ids(sent["all_but"], "all_but"))
    except Refusal as refusal:
        return refused(refusal)
    return answer({"given_back": [str(each) for each in back]})


@bp.post("/eining/<uuid:device_id>/av")
@permit(Action.OFFLINE)
@json_view
def switch_off(device_id: uuid.UUID) -> Response:
    """The device is no longer used: its key is destroyed, as when it is revoked."""
    return answer({}) if devices.revoke(device_id, user().id, user()) else refuse("not_found", 404)


@bp.post("/eining/<uuid:device_id>/opningar")
@permit(Action.OFFLINE)
@json_view
def openings(device_id: uuid.UUID) -> Response:
    """Keep what the device tells of the cases that were opened on it."""
    told = body("openings")["openings"]
    if not isinstance(told, list) or len(told) > MOST_AT_ONCE:
        raise MalformedError("openings")
    try:
        kept = taking.note_openings(device_id, user(), [_opening(each) for each in told])
    except Refusal as refusal:
        return refused(refusal)
    return answer({"kept": [str(each) for each in kept]})


@bp.post("/eining/<uuid:device_id>/samtalar")
@permit(Action.OFFLINE)
@json_view
def receive(device_id: uuid.UUID) -> Response:
    """Take a conversation in: kept, or set aside for a hand. The same bytes again get the same answer."""
    if queries.is_anothers(device_id, user()):
        return refuse("other_account", 403)
    try:
        return answer(receiving.receive(device_id, user(), request.get_data(), device_time()))
    except Refusal as refusal:
        return refused(refusal)


def initials(account: User) -> str:
    """The first letters of the first and the last name: what stands on a locked device."""
    words = account.name.split()
    return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper() if words else ""


def _key(device: Device) -> dict[str, str]:
    return {"key": base64.b64encode(device.server_key or b"").decode(), "account": str(device.account_id)}


def _case(taken: Taken) -> dict[str, Any]:
    return {
        "case": str(taken.case),
        "name": taken.name,
        "form": str(taken.form),
        "base": str(taken.base) if taken.base else None,
        "last_held_on": taken.last_held_on.isoformat() if taken.last_held_on else None,
        "activities": [{"id": str(key), "text": text} for key, text in taken.activities],
        "expires_at": taken.expires_at.isoformat(),
    }


def _ids(value: Any, where: str) -> list[uuid.UUID]:
    if not isinstance(value, list) or len(value) > MOST_AT_ONCE:
        raise MalformedError(where)
    return list(dict.fromkeys(_id(each, where) for each in value))


def _id(value: Any, where: str) -> uuid.UUID:
    try:
        return an_id(value)
    except MalformedError:
        raise MalformedError(where) from None


def _opening(value: Any) -> taking.Opening:
    if not isinstance(value, dict) or set(value) != {"id", "case", "at"}:
        raise MalformedError("openings")
    try:
        return taking.Opening(an_id(value["id"]), an_id(value["case"]), moment(value["at"]))
    except MalformedError:
        raise MalformedError("openings") from None


from psfs.offline import routes_devices, routes_received  # noqa: E402, F401 -- they add their pages to ``bp``
