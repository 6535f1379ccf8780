"""New rows that go straight to their tables, logged as the session's own are.

The session keeps every row it writes and looks at each of them. An import of 100,000 lines has neither the memory nor
the time for that (``Batch``: many cases' rows, each case's one link of its chain), and a conversation that is saved is
quicker without (``insert_rows``). The values go to the log in the same breath.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from psfs import clock
from psfs.extensions import Base, db

from .chain import append_many
from .recorder import _ACTOR, _HEADS, _PENDING, MissingActorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Insert, Table

    from psfs.models import Audited

    from .recorder import Actor


def insert_rows(model: type[Audited], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add new rows of one table to the session's transaction, logged under who acts now when it is committed.

    What the session has not written yet comes first: the rows may point at it. A column that is left out gets its
    default, as in the session.

    Raises:
        MissingActorError: nobody acts.
        TypeError: the model has columns that the log must not show.
    """
    if getattr(model, "unlogged", None):
        raise TypeError(f"{model.__name__} is written by the session, which hides its secrets")
    if not rows:
        return
    session = db.session()
    actor = session.info.get(_ACTOR)
    if actor is None:
        raise MissingActorError("changes to audited data need an actor")
    session.flush()
    table = _table(model)
    whole = [{**_defaults(table), **values} for values in rows]
    session.connection().execute(_insert(table), whole if len(whole) != 1 else whole[0])
    session.info.setdefault(_PENDING, []).append((actor, [_new(table, values) for values in whole]))


class Batch:
    """Rows to be written together. ``write`` may be called several times in one transaction; it never commits.

    Args:
        actor: who does it; ``actor.action`` is what the log calls it. Its stream is not used: each row names its own.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._inserts: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._updates: dict[tuple[Table, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)

    def insert(self, stream: str, model: type[Audited], values: dict[str, Any]) -> None:
        """Add a new row. A column that ``values`` leaves out gets its default, as in the session."""
        table = _table(model)
        values = {**_defaults(table), **values}
        self._changes[stream].append(_new(table, values))
        self._inserts[table].append(values)

    def update(self, stream: str, model: type[Audited], id: object, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Change a row whose primary key is ``id``: each column's old and new value. No change is no entry."""
        if not changes:
            return
        table = _table(model)
        old = {name: before for name, (before, _after) in changes.items()}
        new = {name: after for name, (_before, after) in changes.items()}
        self._changes[stream].append({"table": table.name, "id": str(id), "op": "update", "old": old, "new": new})
        self._updates[table, tuple(sorted(new))].append({"row_id": id, **new})

    def __len__(self) -> int:
        return sum(map(len, self._changes.values()))

    def write(self) -> None:
        """Write all of it and begin anew: changes first, so that what gives way is out of the way for what is new."""
        connection = db.session.connection()
        for (table, names), rows in self._updates.items():
            statement = update(table).where(table.c.id == bindparam("row_id"))
            connection.execute(statement.values({name: bindparam(name) for name in names}), rows)
        for table in Base.metadata.sorted_tables:
            if new := self._inserts.get(table):
                connection.execute(_insert(table), new)
        heads = append_many(
            {stream: {"changes": changes} for stream, changes in self._changes.items()},
            at=clock.now(),
            actor_id=self._actor.id,
            actor=self._actor.name,
            kind="change",
            action=self._actor.action,
        )
        db.session().info.setdefault(_HEADS, []).extend(heads)
        for kept in (self._changes, self._inserts, self._updates):
            kept.clear()


def _table(model: type[Audited]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _new(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """The change that a new row is, as the log keeps it."""
    key = "/".join(str(values[name]) for name in _key(table))
    new = {name: value for name, value in values.items() if value is not None}
    return {"table": table.name, "id": key, "op": "insert", "new": new}


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.key for column in table.primary_key)


@cache
def _defaults(table: Table) -> dict[str, Any]:
    """What each column holds when nothing is said; a default that is made anew for every row must be given."""
    return {
        column.key: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        for column in table.columns
    }
