"""What is measured: each thing a member of staff does, as requests over HTTP."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bench.client import Answer, Client, Fields, token
from tests.bench.stack import BARE
from tests.bench.town import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.town import Town

Step = tuple[str, Answer]
OVERVIEW = {
    "overview": "/oversyn",
    "overview_cases": "/oversyn/saker?niva=2",
    "overview_flow": "/oversyn/flyt",
    "overview_teams": "/oversyn/team",
    "overview_talks": "/oversyn/samtalar",
    "overview_learning": "/oversyn/utvikling",
}
"""The overview, as the coordinating unit sees it."""


@dataclass
class Desk:
    """Kari at her desk: a signed-in browser, and what she knows of the town."""

    port: int
    town: Town
    client: Client = field(init=False)
    unit: Client = field(init=False)
    turn: int = 0

    def __post_init__(self) -> None:
        self.client = Client(self.port)
        self.unit = Client(self.port)
        page = self.unit.get("/logg-inn")
        sent = {"csrf_token": token(page.text), "username": "ke", "passphrase": PASSPHRASE}
        _expect(303, self.unit.post("/logg-inn", sent))

    def case(self) -> tuple[uuid.UUID, uuid.UUID]:
        """The case and the form of this round: each of kari's in turn."""
        return self.town.cases[self.turn % len(self.town.cases)]

    def sign_in(self) -> Answer:
        """Sign in with a new browser; timed: the form that is sent."""
        self.client.close()
        self.client = Client(self.port)
        page = self.client.get("/logg-inn")
        sent = {"csrf_token": token(page.text), "username": "kari", "passphrase": PASSPHRASE}
        return _expect(303, self.client.post("/logg-inn", sent))

    def bare_page(self) -> Answer:
        return self.get(f"{BARE}/page")

    def bare_row(self) -> Answer:
        return _expect(204, self.client.post(f"{BARE}/row", {}))

    def worklist(self) -> Answer:
        return self.get("/")

    def search(self) -> Answer:
        """By the beginning of a name that many have."""
        return self.get("/sok?q=pr%C3%B8")

    def search_birth_date(self) -> Answer:
        return self.get(f"/sok?q={self.town.birth_date:%d.%m.%Y}")

    def case_page(self) -> Answer:
        return self.get(f"/saker/{self.case()[0]}")

    def summary_page(self) -> Answer:
        case_id, form_id = self.case()
        return self.get(f"/saker/{case_id}/skjema/{form_id}")

    def new_page(self) -> Answer:
        return self.get(f"/saker/{self.case()[0]}/samtalar/ny")

    def summary_pdf(self) -> Answer:
        case_id, form_id = self.case()
        answer = self.get(f"/saker/{case_id}/skjema/{form_id}/oppsummering.pdf")
        if not answer.body.startswith(b"%PDF"):
            raise RuntimeError("the summary is no PDF")
        return answer

    def save(self, page: Answer) -> Answer:
        """Answer every question on the page and save it, for a day that has no conversation yet."""
        case_id = self.case()[0]
        day = self.town.free_day(case_id).isoformat()
        fields = Fields(page.text, "conversation")
        answered = {name: str(place % 8 + 1) for place, name in enumerate(fields.radios) if name.startswith("answer-")}
        new = {value for name, value in fields.sent if name == "new"}
        chosen = [(name, value) for name, value in answered.items() if name.removeprefix("answer-") not in new]
        kept = [(name, day if name == "held_on" else value) for name, value in fields.sent]
        return _expect(303, self.client.post(f"/saker/{case_id}/samtalar/ny", [*kept, *chosen]))

    def get(self, address: str) -> Answer:
        return _expect(200, self.client.get(address))

    def unit_get(self, address: str) -> Answer:
        """Fetch as the coordinating unit."""
        return _expect(200, self.unit.get(address))

    def round(self) -> list[Step]:
        """Everything once, with the bare routes among it."""
        steps: list[Step] = []

        def do(name: str, what: Callable[[], Answer]) -> Answer:
            answer = what()
            steps.append((name, answer))
            return answer

        do("sign_in", self.sign_in)
        for name, what in (
            ("bare_page", self.bare_page),
            ("first_worklist", self.worklist),
            ("worklist", self.worklist),
            ("bare_row", self.bare_row),
            ("search", self.search),
            ("search_birth_date", self.search_birth_date),
            ("bare_page", self.bare_page),
            ("case_page", self.case_page),
            ("summary_page", self.summary_page),
        ):
            do(name, what)
        page = do("new_page", self.new_page)
        do("save", lambda: self.save(page))
        do("bare_row", self.bare_row)
        do("summary_pdf", self.summary_pdf)
        for name, address in OVERVIEW.items():
            do(name, lambda address=address: self.unit_get(address))
        self.turn += 1
        return steps


def _expect(status: int, answer: Answer) -> Answer:
    if answer.status != status:
        raise RuntimeError(f"expected {status}, got {answer.status}: {answer.body[:3000]!r}")
    return answer
