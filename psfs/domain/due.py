"""When something is due, and when it is late. Dates are whole days in local time.

A thing is due *on* its day and overdue from the day after.
"""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

from psfs.domain.errors import Refusal

ADULT = 18
"""Years; who is younger has guardians (vergemålslova § 8)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds a municipality may set: days, one age in years, and what may lie on a device.

    Raises ValueError for a negative one.
    """

    level0_days: int = 14
    """To decide a case at level 0 (B1; the children's ladder's poster)."""
    consent_age: int = 16
    """Years; from then the young person consents too (B6)."""
    consent_warning_days: int = 30
    """Before a consent stops being enough."""
    follow_up_days: int = 90
    """To the next conversation where none was agreed (P11)."""
    evaluation_days: int = 90
    """To evaluating a level's measures where no day was agreed."""
    soon_days: int = 7
    """Before a due day that something counts as soon."""
    offline_cases: int = 30
    """Cases that may be taken along on one device at a time; 0: nobody takes any along."""
    offline_days: int = 3
    """That a case taken along lies on the device."""
    ke_days: int = 14
    """For the coordinating unit to decide a reported need."""
    meetings_a_year: int = 2
    """Meetings of a team at level 3; 0: none is asked for."""
    coordinator_cases: int = 5
    """People that one coordinator should not have more than; 0: no such advice."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise ValueError(f"{field.name} must not be negative")


class Urgency(StrEnum):
    """How near a due day is."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


def is_overdue(due: date, today: date) -> bool:
    """Whether the due day has passed. On the day itself it is not overdue."""
    return today > due


def days_left(due: date, today: date) -> int:
    """Days from today to the due day; negative when overdue."""
    return (due - today).days


def urgency(due: date, today: date, limits: Limits) -> Urgency:
    """How near the due day is, with `limits.soon_days` as what counts as soon."""
    days = days_left(due, today)
    if days < 0:
        return Urgency.OVERDUE
    if days == 0:
        return Urgency.TODAY
    return Urgency.SOON if days <= limits.soon_days else Urgency.LATER


def level0_due(opened_on: date, limits: Limits) -> date:
    """The last day to decide a case opened at level 0 (B1)."""
    return opened_on + timedelta(days=limits.level0_days)


def conversation_due(last_held_on: date, agreed: date | None, limits: Limits) -> date:
    """When an open form's next conversation is due (P11).

    As agreed in the last one, else by the limit.
    """
    return agreed or last_held_on + timedelta(days=limits.follow_up_days)


def check_next(held_on: date, next_due: date | None) -> None:
    """Refuse a next conversation that is not after the day this one was held (P11); None: none is agreed on.

    Raises Refusal "next_due_too_early" (``day``).
    """
    if next_due is not None and next_due <= held_on:
        raise Refusal("next_due_too_early", day=next_due)


def evaluation_due(begun_on: date, agreed: date | None, limits: Limits) -> date:
    """When a level's round of steps, begun on that day, is to be evaluated (B2).

    As agreed, else by the limit.
    """
    return agreed or begun_on + timedelta(days=limits.evaluation_days)


def intervention_due(deadline: date | None, evaluated_on: date | None) -> date | None:
    """When an intervention waits for its evaluation; None once evaluated or with no deadline."""
    return deadline if evaluated_on is None else None


def report_due(reported_on: date, limits: Limits) -> date:
    """The last day for the coordinating unit to decide a reported need."""
    return reported_on + timedelta(days=limits.ke_days)


def carried_out_due(decided_on: date, limits: Limits) -> date:
    """The last day for the coordinating unit to carry out what it has decided: a coordinator who has said yes, a plan.

    As long as it has to decide (ours).
    """
    return decided_on + timedelta(days=limits.ke_days)


def meeting_due(begun_on: date, last_held_on: date | None, planned_on: date | None, limits: Limits) -> date | None:
    """When a team's next meeting is due; None where no number of meetings a year is asked for.

    `planned_on` is the first meeting that is planned and has no minutes: it is due on its own day, whatever the limit.
    Else the year is shared out evenly from the last one held, or from the day the case came to its level.
    """
    if planned_on is not None:
        return planned_on
    if limits.meetings_a_year == 0:
        return None
    return max(begun_on, last_held_on or begun_on) + timedelta(days=365 // limits.meetings_a_year)


def birthday(birth_date: date, years: int) -> date:
    """The day the person turns that many years.

    Born on 29 February: 1 March in a year without that day, so that nobody counts as
    older than they are.
    """
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)


def age_on(birth_date: date, day: date) -> int:
    """Whole years of age on that day; negative before birth."""
    years = day.year - birth_date.year
    return years if birthday(birth_date, years) <= day else years - 1


def age_of_say(limits: Limits) -> int:
    """Years; from then nobody consents without the person. An adult decides, whatever the municipality has set."""
    return min(limits.consent_age, ADULT)


def consents_self(birth_date: date, today: date, limits: Limits) -> bool:
    """Whether a young person must consent too, beside the guardians (B6)."""
    return today >= birthday(birth_date, age_of_say(limits))


def consent_valid(valid_from: date, until: date | None, withdrawn_on: date | None, today: date) -> bool:
    """Whether a consent holds today: `until` is its last day, a withdrawal counts at once, whatever its day (B6)."""
    return withdrawn_on is None and valid_from <= today and (until is None or today <= until)


def consent_lasts_until(until: date | None, *, guardian_only_for: date | None, limits: Limits) -> date | None:
    """The last day a consent is enough by itself; None when it has no end (B6).

    `guardian_only_for`: the birth date of a young person for whom only guardians have
    consented, else None (also for an adult's guardian). Such a consent is enough until
    the day before the person reaches `limits.consent_age`, or is of age.
    """
    if guardian_only_for is None:
        return until
    last = birthday(guardian_only_for, age_of_say(limits)) - timedelta(days=1)
    return last if until is None else min(until, last)


def consent_ends_soon(until: date | None, today: date, limits: Limits) -> bool:
    """Whether a consent that still holds ends within the warning time.

    Give it the answer of consent_lasts_until to warn also of a birthday. False for one
    without an end, and for one that has ended: is_overdue(until, today) tells that.
    """
    return until is not None and 0 <= days_left(until, today) <= limits.consent_warning_days


@dataclass(frozen=True, slots=True)
class Horizon:
    """The latest days for which something may be worth showing today; later ones need not be looked at.

    Each says the same as the rule it belongs to, turned round: a list can pass over the rest without reading it, and
    holds what it finds against the rule itself.
    """

    due: date
    """Due days: what is overdue, due today or soon (`urgency`)."""
    level0_opened: date
    """Days on which a case was opened at level 0 (`level0_due`)."""
    last_held: date
    """Days on which the last conversation was held, where no next one was agreed (`conversation_due`)."""
    level_begun: date
    """Days on which a level's round began (`evaluation_due`)."""
    consent_until: date
    """Last days of a consent (`consent_ends_soon`)."""
    consenting_born: date
    """Birth dates of those for whom a guardian's consent is about to be too little (`consent_lasts_until`)."""


def horizon(today: date, limits: Limits) -> Horizon:
    """The latest days for which something may be worth showing."""
    soon = today + timedelta(days=limits.soon_days)
    warned = today + timedelta(days=limits.consent_warning_days)
    return Horizon(
        due=soon,
        level0_opened=soon - timedelta(days=limits.level0_days),
        last_held=soon - timedelta(days=limits.follow_up_days),
        level_begun=soon - timedelta(days=limits.evaluation_days),
        consent_until=warned,
        consenting_born=_born_by(warned + timedelta(days=1), age_of_say(limits)),
    )


def _born_by(day: date, years: int) -> date:
    """The latest birth date of somebody who is that old on that day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
