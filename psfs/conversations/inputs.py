"""What the verbs of this room are given, and how they say that somebody else was quicker."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psfs.domain.activities import Answer, RetireReason
from psfs.domain.errors import Refusal
from psfs.domain.identity_number import looks_like_identity_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

ACTIVITY_LENGTH = 200
REASON_LENGTH = 200
TEXT_LENGTH = 4000
RESPONDENTS = ("person", "with_help", "proxy")
ASKED = "person"
"""Who answers unless staff say otherwise (P11): the person. Who answered last time says nothing about this time."""
DETAILS = ("held_on", "performed_by", "respondent", "remark", "next_due")
"""What a conversation tells beside the scores (P11)."""


class Conflict(Refusal):
    """Somebody else changed the same thing meanwhile, or the id is taken: answered with 409, and nothing is lost."""


class Refusals(Exception):  # noqa: N818 -- as Refusal
    """Everything that is wrong with what was given, so that all of it can be shown at once."""

    def __init__(self, faults: Iterable[Refusal]) -> None:
        super().__init__("refused")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class NewActivity:
    """An activity added in a conversation or to a form; the id is made by the caller."""

    id: uuid.UUID
    text: str


@dataclass(frozen=True, slots=True)
class Retirement:
    """Why an activity is retired (P2)."""

    reason: RetireReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConversationInput:
    """One conversation as it was sent.

    ``base`` is the conversation recorded last when the page was made (None: none), ``same_day`` another one held the
    same day that the sender knows of and means to keep, ``received`` what a device had handed in and was set aside;
    they are not part of the content.
    ``answers`` holds what was chosen: an activity without a choice is absent, never zero (P3).
    """

    id: uuid.UUID
    form_id: uuid.UUID
    base: uuid.UUID | None
    held_on: date
    performed_by: str
    respondent: str
    remark: str
    next_due: date | None
    answers: Mapping[uuid.UUID, Answer] = field(default_factory=dict)
    added: tuple[NewActivity, ...] = ()
    retired: Mapping[uuid.UUID, Retirement] = field(default_factory=dict)
    same_day: uuid.UUID | None = None
    received: uuid.UUID | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same content, whatever order it came in: SHA-256 in hexadecimal."""
        content = {
            "form": str(self.form_id),
            "held_on": self.held_on.isoformat(),
            "performed_by": self.performed_by,
            "respondent": self.respondent,
            "remark": self.remark,
            "next_due": self.next_due.isoformat() if self.next_due else None,
            "answers": {str(key): [one.score, one.not_asked, one.reason] for key, one in self.answers.items()},
            "added": {str(one.id): one.text for one in self.added},
            "retired": {str(key): [one.reason.value, one.note] for key, one in self.retired.items()},
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CorrectionInput:
    """A score put right. ``expected`` is what stood there when the page was made (None: not asked)."""

    id: uuid.UUID
    expected: int | None
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class DetailsInput:
    """What a conversation tells beside the scores, as it should stand. ``seen``: ``mark`` of what stood on the page."""

    held_on: date
    performed_by: str
    respondent: str
    remark: str
    next_due: date | None
    seen: str
    reason: str


def mark(details: Mapping[str, Any]) -> str:
    """A mark of what stands there now; it changes with each of ``DETAILS``."""
    told = [str(details[name]) for name in DETAILS]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


def says_nothing(text: str) -> bool:
    """Whether nobody could read anything: empty, blanks, or only characters that leave no mark."""
    return not any(unicodedata.category(char)[0] not in "ZC" for char in text)


def same_words(one: str, other: str) -> bool:
    """Whether two activities would read the same: capital letters and variants of characters aside."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def check_text(text: str, others: Iterable[str], activity: uuid.UUID | None = None) -> None:
    """Refuse an activity's text that is blank, too long, holds an identity number, or is the same as one of ``others``.

    Raises Refusal "activity_blank", "activity_too_long" (``limit``), "identity_number" or "activity_twice" (``text``),
    each with ``activity``.
    """
    if says_nothing(text):
        raise Refusal("activity_blank", activity=activity)
    if len(text) > ACTIVITY_LENGTH:
        raise Refusal("activity_too_long", activity=activity, limit=ACTIVITY_LENGTH)
    if looks_like_identity_number(text):
        raise Refusal("identity_number", activity=activity, field="text")
    if any(same_words(text, other) for other in others):
        raise Refusal("activity_twice", activity=activity, text=text)
