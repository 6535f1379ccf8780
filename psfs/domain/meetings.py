"""Who can be called in to a meeting about somebody, and who writes its minutes."""

from enum import StrEnum


class Hindrance(StrEnum):
    """Why somebody is not called in."""

    LEFT = "left"
    NO_CONSENT = "no_consent"


def hindrance(*, here: bool, from_service: bool, may_take_part: bool) -> Hindrance | None:
    """What hinders that somebody is called in; None: nothing.

    `here`: whether they take part, or are to. `from_service`: whether they come from a service, as colleagues and
    externals do, and the person and the nearest do not; `may_take_part`: whether that service is the case's own or has
    a consent or legal basis that holds today (B4, B6).
    """
    if not here:
        return Hindrance.LEFT
    return Hindrance.NO_CONSENT if from_service and not may_take_part else None


def may_write(*, own: bool, writer_here: bool) -> bool:
    """Whether somebody may go on writing minutes that are begun and not closed.

    They are their writer's (`own`), unless the writer's account is closed: then nobody else could ever close them.
    """
    return own or not writer_here
