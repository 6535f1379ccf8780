"""The rules of PSFS once more, slowly and in another way, to hold the real ones against.

Nothing here imports the code under test. Averages are pairs (points, count) and are never
divided; rows are put in order by inserting them one at a time; days are walked one by one.
"""

from datetime import date, timedelta

NOT_ASKED = None


def comes_before(one, other):
    """Whether a row (held_on, recorded_at, id, scores) stands before another one."""
    for mine, theirs in zip(one[:3], other[:3], strict=True):
        if mine != theirs:
            return mine < theirs
    return False


def in_order(rows):
    placed = []
    for row in rows:
        at = 0
        while at < len(placed) and comes_before(placed[at], row):
            at += 1
        placed.insert(at, row)
    return placed


def tally(scores):
    """(points, how many were scored, how many were active)."""
    points = scored = 0
    for activity in scores:
        if scores[activity] is not NOT_ASKED:
            points += scores[activity]
            scored += 1
    return points, scored, len(scores)


def paired(earlier, later):
    """What a change says, as a dict; `sums` is (points later, points earlier, count)."""
    shared = sorted(
        activity
        for activity in set(earlier) & set(later)
        if earlier[activity] is not NOT_ASKED and later[activity] is not NOT_ASKED
    )
    after = sum(later[activity] for activity in shared)
    before = sum(earlier[activity] for activity in shared)
    count = len(shared)
    if count == 0:
        flag = "not_comparable"
    elif after - before in range(-2 * count + 1, 2 * count):
        flag = "none"
    else:
        flag = "improved" if after > before else "worsened"
    only_one = [
        activity
        for activity in set(earlier) | set(later)
        if (earlier.get(activity) is NOT_ASKED) != (later.get(activity) is NOT_ASKED)
    ]
    return {
        "sums": (after, before, count),
        "pairs": {
            activity: (
                earlier[activity],
                later[activity],
                abs(later[activity] - earlier[activity]) not in (0, 1, 2),
            )
            for activity in shared
        },
        "flag": flag,
        "sets_differ": bool(only_one),
    }


def evaluate(rows):
    """Per row in order: (id, tally, change since previous, change since first)."""
    placed = in_order(rows)
    nothing = {"sums": (0, 0, 0), "pairs": {}, "flag": "not_comparable", "sets_differ": False}
    return [
        (
            row[2],
            tally(row[3]),
            paired(placed[place - 1][3], row[3]) if place else nothing,
            paired(placed[0][3], row[3]) if place else nothing,
        )
        for place, row in enumerate(placed)
    ]


def written(points, count, places):
    """points / count with so many decimals, by long division as on paper."""
    whole, rest = divmod(abs(points), count)
    digits = [int(digit) for digit in str(whole)]
    for _ in range(places):
        digit, rest = divmod(rest * 10, count)
        digits.append(digit)
    if rest * 2 >= count:
        place = len(digits) - 1
        while place >= 0 and digits[place] == 9:
            digits[place] = 0
            place -= 1
        if place < 0:
            digits.insert(0, 1)
        else:
            digits[place] += 1
    text = "".join(str(digit) for digit in digits)
    if places:
        text = f"{text[:-places]}.{text[-places:]}"
    return f"-{text}" if points < 0 and any(digits) else text


def first_day_outside(spans, fewest, most, first, last):
    """The first day, walking first..last, with too many or too few; spans are (from, retired).

    Too few counts from the first day on which something is active.
    """
    day, begun = first, False
    while day <= last:
        count = 0
        for start, end in spans:
            if start is not None and day < start:
                continue
            if end is not None and day >= end:
                continue
            count += 1
        begun = begun or count > 0
        if count > most:
            return "too_many_activities", day, count
        if begun and count < fewest:
            return "too_few_activities", day, count
        day += timedelta(days=1)
    return None


def age(birth_date: date, day: date) -> int:
    """Whole years, counted one birthday at a time."""
    years = 0
    while (birth_date.year + years + 1, birth_date.month, birth_date.day) <= (
        day.year,
        day.month,
        day.day,
    ):
        years += 1
    return years
