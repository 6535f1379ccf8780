"""What the standard's elements have no room for: every column of a row, as extensions of our own on its resource.

So nothing is lost on the way out and back, whatever the standard elements of a resource can say of it.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, time
from typing import Any

BASE = "urn:psfs:fhir"
COLUMN = f"{BASE}:column:"
STRUCTURE = f"{BASE}:structure:"
"""A column whose value is a structure, written as JSON: told by its address, since any text may be anybody's words."""
TABLE = f"{BASE}:table"
VALUES = ("valueBoolean", "valueInteger", "valueDateTime", "valueDate", "valueTime", "valueUri", "valueString")
Resource = dict[str, Any]


def reference(kind: str, row_id: object) -> dict[str, str]:
    """A reference to another resource of the bundle."""
    return {"reference": f"urn:uuid:{row_id}", "type": kind}


def resource(kind: str, row: Any, **elements: Any) -> Resource:
    """A resource that stands for a row, with all its columns; elements that are empty are left out."""
    found: Resource = {"resourceType": kind, "id": str(row.id), "extension": columns(row)}
    return found | {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def columns(row: Any) -> list[dict[str, Any]]:
    """The row's table and columns; what is empty is left out, since the standard has no empty values."""
    found: list[dict[str, Any]] = [{"url": TABLE, "valueString": row.__tablename__}]
    for column in row.__table__.columns:
        value = getattr(row, column.key)
        if value is not None and value != "":
            found.append(_extension(column.key, value))
    return found


def row_of(extensions: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The table and the columns that the extensions tell of; absent ones were empty."""
    table, found = "", {}
    for each in extensions:
        name = next((name for name in VALUES if name in each), None)
        if each["url"] == TABLE:
            table = each["valueString"]
        elif each["url"].startswith(STRUCTURE):
            found[each["url"].removeprefix(STRUCTURE)] = json.loads(each["valueString"])
        elif each["url"].startswith(COLUMN) and name is not None:
            found[each["url"].removeprefix(COLUMN)] = _back(name, each[name])
    return table, found


def _extension(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict | list):
        return {"url": STRUCTURE + key, "valueString": json.dumps(value, ensure_ascii=False, sort_keys=True)}
    return {"url": COLUMN + key, **_value(value)}


def _value(value: Any) -> dict[str, Any]:
    """The value by its type."""
    match value:
        case bool():
            return {"valueBoolean": value}
        case int():
            return {"valueInteger": value}
        case datetime():
            return {"valueDateTime": value.isoformat()}
        case date():
            return {"valueDate": value.isoformat()}
        case time():
            return {"valueTime": value.isoformat()}
        case uuid.UUID():
            return {"valueUri": f"urn:uuid:{value}"}
        case _:
            return {"valueString": str(value)}


def _back(name: str, value: Any) -> Any:
    match name:
        case "valueDateTime":
            return datetime.fromisoformat(value)
        case "valueDate":
            return date.fromisoformat(value)
        case "valueTime":
            return time.fromisoformat(value)
        case "valueUri":
            return uuid.UUID(value.removeprefix("urn:uuid:"))
        case _:
            return value
