"""Who can be called in to a meeting about somebody, and who writes its minutes."""

from collections.abc import Collection
from enum import StrEnum


class Hindrance(StrEnum):
    """Why somebody is not called in."""

    LEFT = "left"
    NO_CONSENT = "no_consent"
    NO_ACCOUNT = "no_account"


def hindrance(*, here: bool, from_service: bool, may_take_part: bool, closed: bool = False) -> Hindrance | None:
    """What hinders that somebody is called in; None: nothing.

    `here`: whether they take part, or are to. `from_service`: whether they come from a service, as colleagues and
    externals do, and the person and the nearest do not; `may_take_part`: whether that service is the case's own or has
    a consent or legal basis that holds today (B4, B6). `closed`: whether it is a colleague whose account is closed.
    """
    if not here:
        return Hindrance.LEFT
    if closed:
        return Hindrance.NO_ACCOUNT
    return Hindrance.NO_CONSENT if from_service and not may_take_part else None


def left_out(*, person: bool, holder: bool, before: Collection[str] = ()) -> tuple[str, ...]:
    """Who is not called in though a meeting is planned with them, so that it must be said why: person, holder.

    `person`, `holder`: whether they are called in; a holder who plans it, cannot be called in or does not exist is not
    missed. `before`: who was left out already when the meeting is planned anew: that was told then.
    """
    missed = ("person",) * (not person) + ("holder",) * (not holder)
    return tuple(each for each in missed if each not in before)


def may_write(*, own: bool, writer_here: bool) -> bool:
    """Whether somebody may go on writing minutes that are begun and not closed.

    They are their writer's (`own`), unless the writer's account is closed: then nobody else could ever close them.
    """
    return own or not writer_here
