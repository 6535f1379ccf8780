"""Starting and stopping gunicorn with the options that ``psfs serve`` gives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from psfs import server as product

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
START_SECONDS, STOP_SECONDS = 60.0, 10.0


@contextmanager
def serving(instance: Path, url: str) -> Iterator[tuple[int, Path]]:
    """Serve until the block ends; gives the port on loopback and the server's log."""
    log = instance / "server.log"
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("w") as output:
        port: int = listener.getsockname()[1]
        options = product._arguments(listener.fileno(), WORKERS)[:-1]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "tests.bench.stack:application()"],
            cwd=ROOT,
            env=_environment(instance, url),
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, so that its workers end with it
        )
    try:
        _wait(process, port, log)
        yield port, log
    finally:
        _stop(process)


def _environment(instance: Path, url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PSFS_INSTANCE": str(instance), "DATABASE_URL": url}


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server does not answer: {log.read_text()[-3000:]}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"GET /helse HTTP/1.0\r\n\r\n")
                probe.settimeout(START_SECONDS)
                if probe.recv(100).split()[1:2] == [b"200"]:
                    return
        except OSError:
            pass
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)
