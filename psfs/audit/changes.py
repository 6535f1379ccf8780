"""What a flush changes in audited rows: every old and new value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event, inspect

from psfs.models import Audited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import InstanceState, QueryableAttribute, Session

HIDDEN = "·"


@event.listens_for(Audited, "attribute_instrument", propagate=True)
def _keep_old_values(_model: type, _key: str, attribute: QueryableAttribute[Any]) -> None:
    """Read the old value before it is overwritten, also where the session had forgotten it."""
    if hasattr(attribute.property, "columns"):
        event.listen(attribute, "set", lambda *_arguments: None, active_history=True)


def touched(session: Session) -> bool:
    """Whether the session is about to write, change or remove an audited row."""
    return any(
        isinstance(instance, Audited) and (kind != "update" or session.is_modified(instance))
        for kind, instance in _instances(session)
    )


def flushed(session: Session) -> list[dict[str, Any]]:
    """What a flush has just written, changed or removed, with defaults and foreign keys filled in."""
    found = (
        _change(inspect(cast("Any", instance)), kind)
        for kind, instance in _instances(session)
        if isinstance(instance, Audited)
    )
    return [change for change in found if change is not None]


def _instances(session: Session) -> Iterator[tuple[str, object]]:
    for kind, instances in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for instance in instances:
            yield kind, instance


def _change(state: InstanceState[Any], kind: str) -> dict[str, Any] | None:
    """One row's change as the log keeps it; None where nothing of the row itself changed."""
    hidden: frozenset[str] = getattr(state.mapper.class_, "unlogged", frozenset())
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        key = attribute.key
        history = state.attrs[key].load_history() if kind == "delete" else state.attrs[key].history
        if kind == "update" and not history.has_changes():
            continue
        before = _only(history.deleted)
        after = _only(history.added or history.unchanged)
        if kind == "delete":
            before, after = _only(history.deleted or history.unchanged), None
        if key in hidden:
            before, after = (HIDDEN if before else None), (HIDDEN if after else None)
        if kind != "insert":
            old[key] = before
        if kind == "update" or after is not None:
            new[key] = after
    if not (old or new):
        return None
    row = {"table": state.mapper.class_.__tablename__, "id": _identity(state), "op": kind}
    return {**row, **({"old": old} if old else {}), **({"new": new} if new else {})}


def _only(values: Any) -> Any:
    return values[0] if values else None


def _identity(state: InstanceState[Any]) -> str:
    names = (state.mapper.get_property_by_column(column).key for column in state.mapper.primary_key)
    return "/".join(str(getattr(state.obj(), name)) for name in names)
