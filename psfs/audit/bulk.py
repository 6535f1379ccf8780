"""Many cases' rows in one transaction, logged as the session's own are: each case's rows are one link of its chain.

The session keeps every row it writes and looks at each of them; an import of 100,000 lines has neither the memory
nor the time for that. Here the rows go straight to the tables, and their values to the log in the same breath.
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
from .recorder import _HEADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

    from psfs.models import Audited

    from .recorder import Actor


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
        key = "/".join(str(values[name]) for name in _key(table))
        new = {name: value for name, value in values.items() if value is not None}
        self._changes[stream].append({"table": table.name, "id": key, "op": "insert", "new": new})
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
                connection.execute(insert(table), new)
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
