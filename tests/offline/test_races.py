"""Several at once: the same conversation in many windows, and two devices with one person."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.conversations import receiving
from psfs.extensions import db
from psfs.models import Conversation, ReceivedItem, TeamMember
from tests.offline.conftest import Tablet
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.people import Town

Tablets = Any
Talk = Any
AT_ONCE = 6
pytestmark = pytest.mark.databases("sqlite", "postgres")


def at_once(app: Flask, asks: list[Callable[[], Any]]) -> list[Any]:
    """Every ask in a thread of its own; their answers."""

    def run(ask: Callable[[], Any]) -> Any:
        with app.app_context():
            return ask()

    db.session.rollback()
    with ThreadPoolExecutor(len(asks)) as pool:
        return [each.result() for each in [pool.submit(run, ask) for ask in asks]]


def test_the_same_bytes_from_many_windows_at_once_are_one_conversation_and_one_answer(
    app: Flask, tablet: Tablets, talk: Talk
) -> None:
    first, raw = tablet("kari"), json.dumps(talk(1, 2, 3, 4)).encode()
    windows = [Tablet(_again(first), first.id) for _each in range(AT_ONCE)]
    answers = at_once(app, [lambda window=window: window.ask("samtalar", raw) for window in windows])
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["state"] == "saved"
    assert db.session.scalar(select(func.count()).select_from(Conversation)) == 4


def _again(tablet: Tablet) -> Any:
    """Another window of the same browser."""
    from tests.support.client import Browser

    window = Browser(tablet.browser.app)
    for cookie in tablet.browser.client._cookies.values() if tablet.browser.client._cookies else ():
        window.client._cookies[cookie._storage_key] = cookie
    window.token = tablet.browser.token
    return window


def test_two_devices_with_one_person_on_one_day_are_both_kept_and_the_later_is_told(
    app: Flask, tablet: Tablets, town: Town, talk: Talk
) -> None:
    with audit.acting(TESTER):
        ola = town.users["ola"]
        db.session.add(TeamMember(id=uuid.uuid4(), case_id=town.adult.id, user_id=ola.id, from_on=clock.today()))
        db.session.commit()
    kari, ola_s = tablet("kari"), tablet("ola")
    bodies = [json.dumps(talk(*(score,) * 4)).encode() for score in (2, 8)]
    answers = at_once(app, [lambda: kari.ask("samtalar", bodies[0]), lambda: ola_s.ask("samtalar", bodies[1])])
    assert [answer["state"] for answer in answers] == ["saved", "saved"]
    assert sorted(answer["look"] for answer in answers) == [False, True]
    waiting = db.session.scalars(select(ReceivedItem).where(ReceivedItem.look.is_(True))).all()
    assert len(waiting) == 1
    assert waiting[0].state == receiving.SAVED
