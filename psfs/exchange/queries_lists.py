"""The lists that can be taken out as files, each as a table and the cases it names. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from psfs.cases.relations import KE_CASES, related
from psfs.coordination import queries as coordination
from psfs.coordination import words
from psfs.exchange.tables import Column, Out, Table
from psfs.extensions import db
from psfs.models import Case, Coordinator, IndividualPlan, NeedReport, Person, Service
from psfs.worklist.queries import worklist
from psfs.worklist.words import KINDS

if TYPE_CHECKING:
    from psfs.models import User


@dataclass(frozen=True, slots=True)
class Registered:
    """What is reported again to KPR and IPLOS of one person: coordinator and plan, with days.

    Of several cases, the coordinator and the plan that there is now count, else the last ones; ``service`` names the
    services of all of them. ``coordinator_from`` is the last one's; ``decided_on``: when the unit last decided.
    """

    case_ids: frozenset[uuid.UUID]
    name: str
    birth_date: date
    service: str
    coordinator: bool
    coordinator_from: date | None
    coordinator_until: date | None
    plan: bool
    plan_since: date | None
    plan_until: date | None
    next_revision: date | None
    decided_on: date | None


def needs() -> Out:
    """Every need reported to the coordinating unit, those that are not decided first."""
    rows = [*coordination.queue("", None)[0], *coordination.queue("decided", None)[0]]
    columns = (
        Column(_("Namn")),
        Column(_("Teneste")),
        Column(_("Meldt"), "date"),
        Column(_("Behovet")),
        Column(_("Tilstand")),
        Column(_("Frist"), "date"),
        Column(_("Avgjord"), "date"),
    )
    found = [
        (
            each.name,
            each.service,
            each.reported_on,
            each.need,
            str(words.STATES[each.state][0]),
            each.due,
            each.decided_on,
        )
        for each in rows
    ]
    return Out(Table(_("Meldingar til KE"), columns, found), frozenset(each.case_id for each in rows))


def plans(account: User) -> Out:
    """The register of individual plans, as the account may read it."""
    rows = coordination.register(account, "", None)[0]
    columns = (
        Column(_("Namn")),
        Column(_("Fødselsdato"), "date"),
        Column(_("Teneste")),
        Column(_("Plan")),
        Column(_("Sidan"), "date"),
        Column(_("Neste gjennomgang"), "date"),
        Column(_("Koordinator")),
        Column(_("Kvar planen ligg")),
    )
    found = [
        (
            each.name or _("Ei sak"),
            each.birth_date,
            each.service,
            str(words.PLANS[each.state]),
            each.since,
            each.next_revision,
            each.coordinator,
            each.reference,
        )
        for each in rows
    ]
    named = frozenset(each.case_id for each in rows if each.name)
    return Out(Table(_("Individuelle planar"), columns, found), named)


def waiting(account: User) -> Out:
    """What waits for the account, as its worklist."""
    items = worklist(account).items
    columns = (Column(_("Namn")), Column(_("Kva")), Column(_("Dato"), "date"), Column(_("Forfalle")), Column(_("Om")))
    found = [
        (
            item.name or _("Ei sak"),
            str(KINDS[item.kind][0]),
            item.on,
            _("Ja") if item.late else _("Nei"),
            item.detail or item.service,
        )
        for item in items
    ]
    named = frozenset(item.case_id for item in items if item.name)
    return Out(Table(_("Arbeidsliste"), columns, found), named)


def registered() -> list[Registered]:
    """Everybody who has or has had a coordinator or a plan, or whose need the unit has decided, as far as the unit may
    open their cases; each person once. One statement."""
    latest = select(Coordinator.case_id, func.max(Coordinator.from_on).label("from_on")).group_by(Coordinator.case_id)
    newest = latest.subquery()
    decided = select(NeedReport.case_id, func.max(NeedReport.decided_on).label("on")).group_by(NeedReport.case_id)
    last = decided.subquery()
    query = (
        select(
            Case.id,
            Case.person_id,
            Person.name,
            Person.birth_date,
            Service.name.label("service"),
            Coordinator.from_on,
            Coordinator.until_on,
            IndividualPlan,
            last.c.on.label("decided_on"),
        )
        .join(Person, Person.id == Case.person_id)
        .join(Service, Service.id == Case.service_id)
        .outerjoin(newest, newest.c.case_id == Case.id)
        .outerjoin(Coordinator, (Coordinator.case_id == Case.id) & (Coordinator.from_on == newest.c.from_on))
        .outerjoin(IndividualPlan, IndividualPlan.case_id == Case.id)
        .outerjoin(last, last.c.case_id == Case.id)
        .where(or_(newest.c.case_id.is_not(None), IndividualPlan.id.is_not(None), last.c.on.is_not(None)))
        .where(related(KE_CASES))
        .order_by(Person.name, Case.person_id, Case.id, Coordinator.until_on.is_(None), Coordinator.until_on)
    )
    cases = {row.id: row for row in db.session.execute(query)}.values()  # of two from the same day, the last
    persons = groupby(cases, key=lambda row: row.person_id)
    return [reduce(_together, map(_registered, theirs)) for _person, theirs in persons]


def not_reported() -> list[tuple[str, int]]:
    """The services with cases that have a plan and that the unit has not been told of, and how many each has."""
    query = select(Service.name, func.count()).select_from(IndividualPlan).join(Case, Case.id == IndividualPlan.case_id)
    query = query.join(Service, Service.id == Case.service_id).where(~related(KE_CASES))
    return [(name, number) for name, number in db.session.execute(query.group_by(Service.name).order_by(Service.name))]


def _together(one: Registered, other: Registered) -> Registered:
    """Two cases of the same person as one line."""
    never = date.min
    led = max(one, other, key=lambda each: (each.coordinator, each.coordinator_from or never))
    planned = max(one, other, key=lambda each: (each.plan, each.plan_since or never))
    return replace(
        led,
        case_ids=one.case_ids | other.case_ids,
        service=", ".join(dict.fromkeys((one.service, other.service))),
        plan=planned.plan,
        plan_since=planned.plan_since,
        plan_until=planned.plan_until,
        next_revision=planned.next_revision,
        decided_on=max(filter(None, (one.decided_on, other.decided_on)), default=None),
    )


def _registered(row: Any) -> Registered:
    case_id, _person, name, born, service, from_on, until_on, plan, decided_on = row
    has = plan is not None and plan.state == "has"
    ended = plan is not None and plan.state == "ended"
    return Registered(
        frozenset({case_id}),
        name,
        born,
        service,
        from_on is not None and until_on is None,
        from_on,
        until_on,
        has,
        plan.began_on if plan is not None else None,
        plan.since if ended else None,
        plan.next_revision if has else None,
        decided_on,
    )


def registered_table() -> Out:
    """The same as a table."""
    rows = registered()
    columns = (
        Column(_("Namn")),
        Column(_("Fødselsdato"), "date"),
        Column(_("Teneste")),
        Column(_("Har koordinator")),
        Column(_("Koordinator frå"), "date"),
        Column(_("Koordinator til"), "date"),
        Column(_("Har individuell plan")),
        Column(_("Plan frå"), "date"),
        Column(_("Plan til"), "date"),
        Column(_("Neste gjennomgang"), "date"),
        Column(_("Avgjord av KE"), "date"),
    )
    found = [
        (
            each.name,
            each.birth_date,
            each.service,
            _("Ja") if each.coordinator else _("Nei"),
            each.coordinator_from,
            each.coordinator_until,
            _("Ja") if each.plan else _("Nei"),
            each.plan_since,
            each.plan_until,
            each.next_revision,
            each.decided_on,
        )
        for each in rows
    ]
    return Out(Table(_("Til KPR og IPLOS"), columns, found), frozenset().union(*(each.case_ids for each in rows)))
