"""One case as a FHIR R4 bundle, for whoever asks for their data or moves it to another system.

The standard elements say what the standard has words for; every column stands beside them as an extension of our own
(``fhir_rows``), so that ``read`` gives back all of it. No public code exists for PSFS: the bundle brings its own code
system. Patients follow no-basis, except that no national identity number is kept here.

Elements are those that R4 (4.0.1) and R4B have in common for these resources; they are checked with R4B's models.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.exchange.fhir_care import care
from psfs.exchange.fhir_file import case_file
from psfs.exchange.fhir_people import people
from psfs.exchange.fhir_rows import BASE, Resource, row_of
from psfs.exchange.fhir_scores import scores

if TYPE_CHECKING:
    from psfs.models import Case


def bundle(case: Case) -> Resource:
    """The whole case, checked against the standard's models.

    Raises:
        ValueError: something of it has no valid form in the standard.
    """
    file = case_file(case)
    resources = [*people(file), *scores(file), *care(file)]
    found: Resource = {
        "resourceType": "Bundle",
        "id": str(uuid.uuid4()),
        "identifier": {"system": f"{BASE}:case", "value": str(case.id)},
        "type": "collection",
        "timestamp": clock.now().isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }
    check(found)
    return found


def check(data: Resource) -> None:
    """Raise ValueError unless the data is a bundle as the standard wants it."""
    from fhir.resources.R4B.bundle import Bundle  # takes a third of a second to load, and few ask for it

    Bundle.model_validate(data)


def read(data: Resource) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of a bundle: table, key, columns. Columns that were empty are absent.

    Raises:
        ValueError: it is no bundle.
    """
    check(data)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in data["entry"]:
        for extensions in _extensions(entry["resource"]):
            table, columns = row_of(extensions)
            if table:
                key = str(columns.get("id") or f"{columns['conversation_id']}/{columns['activity_id']}")
                found.setdefault(table, {})[key] = columns
    return found


def _extensions(part: Any) -> Any:
    """Every list of extensions anywhere in a resource."""
    if isinstance(part, dict):
        if "extension" in part:
            yield part["extension"]
        for name, value in part.items():
            if name != "extension":
                yield from _extensions(value)
    elif isinstance(part, list):
        for each in part:
            yield from _extensions(each)
