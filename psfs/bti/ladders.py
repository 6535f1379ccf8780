"""The ladders of this municipality: the built-in ones and those it has put in its own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

from psfs.domain.ladder import BUILT_IN, Ladder, Level, load

if TYPE_CHECKING:
    from psfs.config import Config
    from psfs.models import Case


def all_ladders() -> dict[str, Ladder]:
    """Every ladder by its key. A file in ``PSFS_LADDERS`` with a built-in's key takes its place."""
    kept: dict[str, Ladder] | None = current_app.extensions.get("psfs_ladders")
    if kept is None:
        config: Config = current_app.extensions["psfs_config"]
        kept = load([BUILT_IN, *([config.ladder_dir] if config.ladder_dir else [])])
        current_app.extensions["psfs_ladders"] = kept
    return kept


def ladder(key: str) -> Ladder:
    """One ladder.

    Raises:
        KeyError: no ladder has that key.
    """
    return all_ladders()[key]


def level_of(case: Case) -> Level:
    """The rung where the case stands.

    Raises:
        KeyError: the ladder, or the level, is gone.
    """
    return ladder(case.ladder).level(case.level)
