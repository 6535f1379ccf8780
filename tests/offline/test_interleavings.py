"""Whatever happens between two devices and the server: every conversation that was saved is there once, or waits.

A device is a list of frozen bodies. An answer may be lost, the device may die between the answer and the removal, and
an old body may be sent again; meanwhile somebody closes the form or the case, opens it again, or takes part no more.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import Case, Conversation, Form, ReceivedItem, TeamMember
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conversations.conftest import Worked
    from tests.offline.conftest import Tablet
    from tests.support.people import Town

WHO = ("kari", "ola")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("save"), st.sampled_from(WHO), st.integers(0, 10)),
        st.tuples(st.sampled_from(("send", "lost", "replay", "changed")), st.sampled_from(WHO), st.integers(0, 9)),
        st.tuples(st.sampled_from(("close form", "close case", "end part")), st.just(""), st.booleans()),
    ),
    max_size=14,
)


class Device:
    """What a device holds: ``waiting`` in order, and ``saved``, all it ever said it had saved."""

    def __init__(self, tablet: Tablet) -> None:
        self.tablet = tablet
        self.waiting: list[bytes] = []
        self.saved: list[bytes] = []
        self.answers: dict[bytes, Any] = {}

    def save(self, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.waiting.append(raw)
        self.saved.append(raw)

    def send(self, raw: bytes, *, heard: bool = True) -> None:
        """The server answers; whether the device hears it or not, it is the answer for ever."""
        answer = self.tablet.ask("samtalar", raw)
        assert self.answers.setdefault(raw, answer) == answer, "the same bytes got another answer"
        if heard and raw in self.waiting:
            self.waiting.remove(raw)


def turn(what: str, town: Town, worked: Worked, on: bool) -> None:
    """What somebody else does meanwhile, or undoes."""
    with audit.acting(TESTER):
        if what == "close form":
            db.session.get_one(Form, worked.form.id).closed_on = clock.today() if on else None
        elif what == "close case":
            db.session.get_one(Case, town.adult.id).closed_on = clock.today() if on else None
        else:
            member = db.session.scalars(select(TeamMember).where(TeamMember.user_id == town.users["ola"].id)).one()
            member.until_on = clock.today() if on else None
        db.session.commit()


@pytest.fixture
def ola_helps(town: Town) -> None:
    with audit.acting(TESTER):
        ola = town.users["ola"]
        db.session.add(TeamMember(id=uuid.uuid4(), case_id=town.adult.id, user_id=ola.id, from_on=clock.today()))
        db.session.commit()


@pytest.mark.usefixtures("ola_helps")
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_saved_conversation_is_on_the_server_once_or_waits_for_a_hand(
    tablet: Callable[[str], Tablet],
    town: Town,
    worked: Worked,
    talk: Callable[..., dict[str, Any]],
    steps: list[tuple[str, str, Any]],
) -> None:
    devices = {name: Device(tablet(name)) for name in WHO}
    for tablet_of in devices.values():
        tablet_of.tablet.take(town.adult.id)
    for what, name, value in steps:
        if not name:
            turn(what, town, worked, value)
            continue
        device = devices[name]
        if what == "save":
            device.save(talk(*(value,) * 4))
        elif what in ("send", "lost") and device.waiting:
            device.send(device.waiting[0], heard=what == "send")
        elif what == "replay" and device.saved:
            device.send(device.saved[value % len(device.saved)])
        elif what == "changed" and device.answers:
            sent = json.loads(list(device.answers)[value % len(device.answers)])
            device.tablet.ask("samtalar", {**sent, "remark": "noko anna"}, 409)
    for device in devices.values():
        for raw in list(device.waiting):
            device.send(raw)
        assert device.waiting == []
    saved = Counter(json.loads(raw)["id"] for device in devices.values() for raw in device.saved)
    db.session.rollback()
    kept = {str(each) for each in db.session.scalars(select(Conversation.id))}
    items = {str(item.id): item for item in db.session.scalars(select(ReceivedItem))}
    for conversation, times in saved.items():
        assert times == 1
        item = items[conversation]
        assert (conversation in kept) == (item.state == "saved")
        assert item.state == "saved" or (item.state == "set_aside" and json.loads(item.body)["id"] == conversation)
    for what in ("close form", "close case", "end part"):
        turn(what, town, worked, on=False)
