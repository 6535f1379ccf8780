"""Makes a big file of made-up scores, to measure an import by hand:

python -m tests.exchange.big_file 100000 long > big.csv     (long, short or single histories)
python -m tests.exchange.measure import big.csv             (time and memory, SQLite in a new folder)
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import date, timedelta
from itertools import count

ACTIVITIES = ("Gå til butikken", "Lage middag", "Strikke", "Bade", "Hogge ved", "Lese avisa", "Ringje dottera")
HEADER = ("person_ref", "name", "birth_date", "form", "activity", "conversation_date", "score", "performed_by")
SHAPES = {"long": (20, 5), "short": (2, 4), "single": (1, 1)}  # conversations and activities of each person


def rows(lines: int, shape: str, seed: int = 1):
    """So many lines, of persons with histories of that shape."""
    talks, activities = SHAPES[shape]
    dice = random.Random(seed)
    made = 0
    for number in count(1):
        person = (
            f"P{number:06}",
            f"Tenkt Testperson {number}",
            (date(1930, 1, 1) + timedelta(number % 30000)).isoformat(),
        )
        texts = dice.sample(ACTIVITIES, activities)
        for talk in range(talks):
            day = (date(2019, 1, 7) + timedelta(70 * talk + number % 60)).isoformat()
            for text in texts:
                if made == lines:
                    return
                made += 1
                yield (*person, 1, text, day, dice.choice(("", *range(11))), "Tilsett Dikta")


if __name__ == "__main__":
    writer = csv.writer(sys.stdout)
    writer.writerow(HEADER)
    writer.writerows(rows(int(sys.argv[1]), sys.argv[2]))
