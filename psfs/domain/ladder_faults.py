"""What is wrong with how the parts of a ladder fit together."""

from collections.abc import Iterator

from psfs.domain.ladder_data import Ladder, Level, Step


def faults(ladder: Ladder) -> Iterator[str]:
    """Every fault, in words for whoever edited the file."""
    numbers = [level.number for level in ladder.levels]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        shown = ", ".join(map(str, numbers))
        yield f"levels: the numbers must follow one another upwards, but are {shown}"
    if ladder.levels and ladder.starts_at not in numbers:
        yield f"starts_at: there is no level {ladder.starts_at}"
    seen: dict[str, int] = {}
    for level in ladder.levels:
        for step in level.steps:
            if step.key and step.key in seen:
                yield (f'level {level.number}: the step key "{step.key}" is already used on level {seen[step.key]}')
            seen.setdefault(step.key, level.number)
        yield from (f"level {level.number}: {fault}" for fault in _level_faults(level))


def _level_faults(level: Level) -> Iterator[str]:
    deciding = [step for step in level.steps if step.decides]
    if level.steps and not deciding:
        yield "no deciding step: exactly one step must have decides = true"
    if len(deciding) > 1:
        keys = ", ".join(step.key for step in deciding)
        yield f"more than one deciding step ({keys}): exactly one step must have decides = true"
    provided: dict[str, Step] = {}
    for step in level.steps:
        if step.decides and step.closes:
            yield f'step "{step.key}" cannot both decide and close'
        if step.conversation and (step.decides or step.closes):
            yield f'step "{step.key}" cannot say that a conversation was held, since it decides or closes'
        if len(deciding) == 1 and step.closes != (step.number > deciding[0].number) and not step.decides:
            yield (
                f'step "{step.key}": only steps with closes = true come after the deciding step '
                f'"{deciding[0].key}", and they come nowhere else'
            )
        for key in step.provides:
            if key in provided:
                yield f'"{key}" is provided by both "{provided[key].key}" and "{step.key}"'
            provided.setdefault(key, step)
    for step in level.steps:
        for key in step.requires:
            if key in provided and step.number <= provided[key].number:
                yield (f'step "{step.key}" requires "{key}", which is first provided by step "{provided[key].key}"')
