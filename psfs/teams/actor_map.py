"""Where everything stands in the picture of who does what round a person. Plain numbers; the template draws.

The person stands in the middle, the municipality's own people to the left, the nearest and those from outside to the
right, each in a box with a line to the person. However many they are, the picture only grows downwards.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psfs.teams.queries import Actor

WIDTH, BOX, MIDDLE = 720, 246, 150
"""Units of the picture: the whole, a box, and the person's own box; a unit is a pixel where there is room for it."""
LINE, PAD, GAP, MARGIN = 19, 10, 14, 6
LETTERS, MOST_LINES = 31, 3
"""About how many letters a line of a box holds, and how many lines a task may take; the table has it all."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box with lines of text; the first is the name. ``dashed``: the service lacks consent."""

    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]
    dashed: bool = False

    @property
    def middle(self) -> float:
        """Half-way down."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class ActorMap:
    """The picture: the person's box, and the boxes at each side."""

    width: int
    height: int
    person: Box
    left: tuple[Box, ...]
    right: tuple[Box, ...]


def actor_map(name: str, actors: Sequence[Actor]) -> ActorMap:
    """Lay the picture out."""
    own = [each for each in actors if each.kind == "staff"]
    others = [each for each in actors if each.kind != "staff"]
    left, right = _column(own, MARGIN), _column(others, WIDTH - BOX - MARGIN)
    lines = tuple(textwrap.wrap(name, LETTERS // 2)[:MOST_LINES]) or (name,)
    tall = 2 * PAD + LINE * len(lines)
    height = max([tall + 2 * MARGIN, *(boxes[-1].y + boxes[-1].height + MARGIN for boxes in (left, right) if boxes)])
    person = Box((WIDTH - MIDDLE) // 2, (height - tall) // 2, MIDDLE, tall, lines)
    return ActorMap(WIDTH, height, person, _centred(left, height), _centred(right, height))


def _column(actors: Sequence[Actor], x: int) -> list[Box]:
    boxes: list[Box] = []
    top = MARGIN
    for each in actors:
        about = ", ".join(filter(None, (each.role, each.service)))
        lines = [*_cut(each.name, 1), *_cut(about, 2), *_cut("; ".join(each.tasks), MOST_LINES)]
        boxes.append(Box(x, top, BOX, 2 * PAD + LINE * len(lines), tuple(lines), each.barred))
        top += boxes[-1].height + GAP
    return boxes


def _cut(text: str, most: int) -> list[str]:
    """The text in lines, the last one ending with dots where there was more."""
    lines = textwrap.wrap(text, LETTERS)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: LETTERS - 2].rstrip() + " …"]
    return lines


def _centred(boxes: list[Box], height: int) -> tuple[Box, ...]:
    if not boxes:
        return ()
    spare = (height - (boxes[-1].y + boxes[-1].height + MARGIN)) // 2
    return tuple(Box(one.x, one.y + spare, one.width, one.height, one.lines, one.dashed) for one in boxes)
