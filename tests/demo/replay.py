"""A case's log held against the rules, entry by entry, with no help from what wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from psfs import clock
from psfs.domain import due
from psfs.domain.ladder import (
    BUILT_IN,
    CaseState,
    Close,
    Direction,
    DoStep,
    Ladder,
    Move,
    Open,
    Reopen,
    after,
    load,
    may,
)
from psfs.extensions import db
from psfs.models import Case, Consent, Conversation, Form, LogEntry, User

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime

    from psfs.domain.ladder import Request

LADDERS = load([BUILT_IN])
LIMITS = due.Limits()
MOVES = {Direction.UP, Direction.DOWN, Direction.STAY}
READ = ("note", "meeting", "team", "baton", "consent", "intervention", "form", "conversation", "ke_report", "emergency")
READ += ("plan",)


@dataclass
class Replay:
    """Where the log says that the case stands; ``faults`` names every entry that the rules would have refused."""

    case: Case
    ladder: Ladder = field(init=False)
    state: CaseState | None = None
    round: int = 1
    since: date | None = None
    rounds: dict[int, int] = field(default_factory=dict)
    contact: bool = False
    held: bool = False
    reported: bool = False
    written: datetime | None = None
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ladder = LADDERS[self.case.ladder]
        struck: dict[uuid.UUID, LogEntry] = {}
        self.held = db.session.get_one(User, self.case.opened_by_id).service_id == self.case.service_id
        query = select(LogEntry).where(LogEntry.case_id == self.case.id).order_by(LogEntry.recorded_at)
        for entry in db.session.scalars(query):
            self._times(entry)
            if entry.strikes_id is not None:
                self._expect(entry, entry.strikes_id in struck and struck[entry.strikes_id].kind == entry.kind)
            struck[entry.id] = entry
            self._place(entry) if entry.kind not in READ else self._expect(entry, self._stands_here(entry))
            self.held |= entry.kind == "baton" and entry.details["event"] == "accepted"
            self.contact |= entry.kind == "team" and entry.details["event"] == "contact"
            self.reported |= entry.kind == "ke_report" or entry.kind == "opened" and bool(self.case.reported_to_ke_on)
            if entry.level is not None and entry.round is not None:
                self.rounds[entry.level] = max(self.rounds.get(entry.level, 0), entry.round)

    def _times(self, entry: LogEntry) -> None:
        """Each later than the one before it, and about a day that had come when it was written."""
        self._expect(entry, self.written is None or entry.recorded_at > self.written)
        self._expect(entry, entry.decided_on <= clock.local(entry.recorded_at).date())
        self.written = entry.recorded_at

    def _place(self, entry: LogEntry) -> None:
        request = self._request(entry)
        state = self.state
        if state is not None:
            state = self.state_on(state, entry.recorded_at, entry.decided_on)
        decision = may(self.ladder, state, request)
        if not decision.allowed:
            self.faults.append(f"{entry.kind} {entry.step} {entry.decided_on}: {decision.missing}")
            return
        self.state = after(self.ladder, state, request)
        if state is None:
            self._expect(entry, (entry.level, entry.round) == (entry.to_level, 1))
            self.since = entry.decided_on
            return
        self._expect(entry, self.since is not None and entry.decided_on >= self.since)
        self._expect(entry, (entry.level, entry.round) == (state.level, self.round))
        if entry.kind in ("move", "reopened") or entry.outcome in MOVES:
            self._expect(entry, (entry.from_level, entry.to_level) == (state.level, self.state.level))
            latest = max(self.rounds.get(self.state.level, 0), self.round if self.state.level == state.level else 0)
            self.round, self.since = latest + 1, entry.decided_on

    def _request(self, entry: LogEntry) -> Request:
        match entry.kind:
            case "opened":
                return Open(entry.to_level if entry.to_level is not None else -1, entry.reason)
            case "step":
                outcome = Direction(entry.outcome) if entry.outcome in set(Direction) else None
                target = entry.to_level if outcome in MOVES else None
                return DoStep(entry.step or "", entry.outcome == "skipped", entry.reason, outcome, target)
            case "move":
                return Move(entry.to_level if entry.to_level is not None else -1, entry.reason)
            case "closed":
                return Close(entry.outcome or "", entry.text, entry.reason)
            case "reopened":
                return Reopen(entry.reason)
        raise AssertionError(f"unknown kind {entry.kind}")

    def state_on(self, state: CaseState, at: datetime, on: date) -> CaseState:
        """The state with what was in place at that moment, the holder and the conversation of the round among it."""
        talks = select(Conversation.id).join(Form, Form.id == Conversation.form_id)
        talks = talks.where(
            Form.case_id == self.case.id,
            Conversation.recorded_at <= at,
            Conversation.held_on >= self.since,
            or_(Conversation.struck_at.is_(None), Conversation.struck_at > at),
        )
        talked = db.session.scalar(talks.limit(1)) is not None
        return replace(state, fulfilled=self.fulfilled_on(at, on), held=self.held, talked=talked)

    def fulfilled_on(self, at: datetime, on: date) -> frozenset[str]:
        """The requirements that were in place at that moment, after the entries told so far (B4)."""
        found = {"contact_person"} if self.contact else set()
        found |= {"reported_to_ke"} if self.reported else set()
        for consent in consents(self.case):
            if consent.recorded_at <= at and _holds(consent, on):
                found.add("consent_log" if consent.service_id is None else "second_service")
        return frozenset(found)

    def _stands_here(self, entry: LogEntry) -> bool:
        if entry.strikes_id is not None:
            return True
        open_now = self.state is not None and self.state.open
        return open_now and self.state is not None and (entry.level, entry.round) == (self.state.level, self.round)

    def _expect(self, entry: LogEntry, holds: bool) -> None:
        if not holds:
            self.faults.append(f"{entry.kind} {entry.step or ''} {entry.decided_on}")

    def result(self) -> dict[str, Any]:
        """Where the log says that the case stands now."""
        assert self.state is not None
        return {
            "level": self.state.level,
            "open": self.state.open,
            "round": self.round,
            "since": self.since,
            "contact": self.contact,
        }


def consents(case: Case) -> list[Consent]:
    """Everything that was consented to, and every legal basis."""
    return list(db.session.scalars(select(Consent).where(Consent.case_id == case.id)))


def lasts_until(consent: Consent) -> date | None:
    """The last day the consent is enough by itself (B6)."""
    born = db.session.get_one(Case, consent.case_id).person.birth_date
    young = consent.given_by == "guardian" and due.age_on(born, consent.from_on) < 18
    return due.consent_lasts_until(consent.until_on, guardian_only_for=born if young else None, limits=LIMITS)


def _holds(consent: Consent, on: date) -> bool:
    """Whether it held on a day that may be past: a withdrawal that came later was not known then."""
    gone = consent.withdrawn_on is not None and consent.withdrawn_on <= on
    return due.consent_valid(consent.from_on, lasts_until(consent), consent.withdrawn_on if gone else None, on)
