"""What a device hands in: one conversation as JSON, frozen at its first sending. This reads version 1, for ever."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from psfs.conversations.inputs import RESPONDENTS, NewActivity, Retirement
from psfs.domain.activities import Answer, RetireReason
from psfs.json_answers import NotStrict, strict
from psfs.text import lines, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSION = 1
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TOP = 10


class MalformedError(ValueError):
    """Not a conversation in this version; ``where`` names what is wrong, as paths."""

    def __init__(self, *where: str) -> None:
        super().__init__("malformed")
        self.where = list(where)


@dataclass(frozen=True, slots=True)
class Body:
    """One conversation as the device kept it. Texts are tidy; nothing else has been held against any rule."""

    id: uuid.UUID
    case: uuid.UUID
    form: uuid.UUID
    base: uuid.UUID | None
    held_on: date
    performed_by: str
    respondent: str
    remark: str
    next_due: date | None
    answers: Mapping[uuid.UUID, Answer]
    added: tuple[NewActivity, ...]
    retired: Mapping[uuid.UUID, Retirement]
    made_at: datetime
    zone: str


def read(raw: bytes) -> Body:
    """The conversation in ``raw``.

    Raises:
        MalformedError: no JSON, another version, a field too many or too few, or a value of another kind. A score is a
            whole number from 0 to 10: never 3.0, "3" or true.
    """
    try:
        found = strict(raw)
    except NotStrict:
        raise MalformedError("") from None
    if not isinstance(found, dict):
        raise MalformedError("")
    if type(found.get("v")) is not int or found["v"] != VERSION:
        raise MalformedError("v")
    fields = {key: value for key, value in found.items() if key != "v"}
    if wrong := sorted(set(fields) ^ set(FIELDS)):
        raise MalformedError(*wrong)
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, reader in FIELDS.items():
        try:
            values[name] = reader(fields[name])
        except MalformedError as fault:
            faults += [".".join(filter(None, (name, where))) for where in fault.where]
    if faults:
        raise MalformedError(*faults)
    return Body(**values)


def an_id(value: Any) -> uuid.UUID:
    """A UUID as text."""
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise MalformedError("")
    return uuid.UUID(value)


def moment(value: Any) -> datetime:
    """A moment in ISO 8601 with its offset, in UTC."""
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise MalformedError("")
        return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise MalformedError("") from None


def _or_none(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else reader(value)


def _day(value: Any) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise MalformedError("")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise MalformedError("") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedError("")
    return value


def _line(value: Any) -> str:
    return one_line(_text(value))


def _respondent(value: Any) -> str:
    if value not in RESPONDENTS:
        raise MalformedError("")
    return _text(value)


def _record(value: Any, *needed: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedError("")
    if wrong := sorted((set(needed) - set(value)) | (set(value) - set(needed) - set(optional))):
        raise MalformedError(*wrong)
    return value


def _answer(value: Any) -> Answer:
    if isinstance(value, dict) and "score" in value:
        score = _record(value, "score")["score"]
        if type(score) is not int or not 0 <= score <= TOP:
            raise MalformedError("score")
        return Answer(score)
    said = _record(value, "not_asked", optional=("reason",))
    if said["not_asked"] is not True:
        raise MalformedError("not_asked")
    return Answer(not_asked=True, reason=_line(said.get("reason", "")))


def _retirement(value: Any) -> Retirement:
    said = _record(value, "reason", "note")
    if said["reason"] not in list(RetireReason):
        raise MalformedError("reason")
    return Retirement(RetireReason(said["reason"]), _line(said["note"]))


def _by_activity(reader: Callable[[Any], Any]) -> Callable[[Any], dict[uuid.UUID, Any]]:
    def read_all(value: Any) -> dict[uuid.UUID, Any]:
        if not isinstance(value, dict):
            raise MalformedError("")
        found: dict[uuid.UUID, Any] = {}
        for key, one in value.items():
            try:
                activity = an_id(key)
                if activity in found:
                    raise MalformedError("")  # the same id, in small letters and in capitals
                found[activity] = reader(one)
            except MalformedError as fault:
                place = key[:40].encode("ascii", "replace").decode()
                raise MalformedError(*(".".join(filter(None, (place, where))) for where in fault.where)) from None
        return found

    return read_all


def _added(value: Any) -> tuple[NewActivity, ...]:
    if not isinstance(value, list):
        raise MalformedError("")
    found = [
        NewActivity(an_id(one["id"]), _line(one["text"])) for one in (_record(each, "id", "text") for each in value)
    ]
    if len({one.id for one in found}) != len(found):
        raise MalformedError("id")
    return tuple(found)


FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": an_id,
    "case": an_id,
    "form": an_id,
    "base": _or_none(an_id),
    "held_on": _day,
    "performed_by": _line,
    "respondent": _respondent,
    "remark": lambda value: lines(_text(value)),
    "next_due": _or_none(_day),
    "answers": _by_activity(_answer),
    "added": _added,
    "retired": _by_activity(_retirement),
    "made_at": moment,
    "zone": _line,
}
