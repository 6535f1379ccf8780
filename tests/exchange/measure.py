"""Runs one import twice and one export on a new database, and tells the time and the most memory each had used.

python -m tests.exchange.measure FILE.csv [DATABASE_URL]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from psfs.domain.scoring import Scale
from psfs.exchange import exporter, importer
from tests.support.apps import running_app


def measured(what, work, *arguments):
    started = time.perf_counter()
    code = work(*arguments)
    took = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: code {code}, {took:.1f} s, at most {most:.0f} MB so far", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder / 'measure.sqlite3'}"
        with running_app(url, folder):
            source = Path(sys.argv[1])
            measured("import", importer.run, source, Scale.HIGHER_IS_BETTER)
            measured("the same again", importer.run, source, Scale.HIGHER_IS_BETTER)
            measured("export", exporter.run, folder / "out.csv")
