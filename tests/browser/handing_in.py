"""Conversations from a device, handed in as its modules do it, so that there is something to look at."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psfs import clock

if TYPE_CHECKING:
    from playwright.sync_api import Page

ASK = """async ([address, body]) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token};
  const answer = await fetch(address, {method: "POST", headers, body: JSON.stringify(body)});
  return [answer.status, await answer.json()];
}"""


def ask(page: Page, address: str, body: object, status: int = 200) -> Any:
    """What the server answers to the page that is open."""
    found, answer = page.evaluate(ASK, [address, body])
    assert found == status, (found, answer)
    return answer


def hand_in_one_beside_another_and_one_that_is_refused(page: Page, case_address: str) -> None:
    """Two conversations on the same day from a device that knew of neither, and one that lies ahead."""
    today = clock.today()
    device, case = str(uuid.uuid4()), case_address.rpartition("/")[2]
    ask(page, "/eining", {"id": device, "name": "Prøvebrett"}, 201)
    (taken,) = ask(page, f"/eining/{device}/ta-med", {"cases": [case]})["taken"]
    for day, state in ((today, "saved"), (today, "saved"), (today + timedelta(days=1), "set_aside")):
        answers = {each["id"]: {"score": 5} for each in taken["activities"]}
        body = {"v": 1, "id": str(uuid.uuid4()), "case": case, "form": taken["form"], "base": taken["base"]}
        body |= {"held_on": day.isoformat(), "performed_by": "", "respondent": "person", "remark": "", "next_due": None}
        body |= {"answers": answers, "added": [], "retired": {}, "made_at": f"{today}T12:00:00+01:00"}
        answer = ask(page, f"/eining/{device}/samtalar", body | {"zone": "Europe/Oslo"})
        assert answer["state"] == state, answer
