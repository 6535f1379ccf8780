"""Runs one import twice and one export on a new database, and tells the time and the most memory each had used.

python -m tests.exchange.measure FILE.csv [DATABASE_URL]
"""

from __future__ import annotations

import logging
import resource
import sys
import tempfile
import time
from pathlib import Path

from psfs.domain.scoring import Scale
from psfs.exchange import exporter, importer
from tests.support.apps import running_app


def measured(what, work, *arguments):
    started, busy = time.perf_counter(), time.process_time()
    code = work(*arguments)
    took, busy = time.perf_counter() - started, time.process_time() - busy
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: code {code}, {took:.1f} s ({busy:.1f} s of this process), at most {most:.0f} MB so far", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder / 'measure.sqlite3'}"
        with running_app(url, folder):
            logging.getLogger("psfs").setLevel(logging.WARNING)  # as the command does
            source = Path(sys.argv[1])
            measured("import", importer.run, source, Scale.HIGHER_IS_BETTER)
            measured("the same again", importer.run, source, Scale.HIGHER_IS_BETTER)
            measured("export", exporter.run, folder / "out.csv")
