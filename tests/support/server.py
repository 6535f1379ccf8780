"""The program itself, running: gunicorn on a free port of this machine, as ``make run`` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PSFS = Path(sys.prefix) / "bin" / "psfs"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class RunningApp:
    """Where a running program answers (``url``, without a slash at the end) and keeps its things."""

    url: str
    instance: Path
    database_url: str
    log: Path
    pid: int


def environment(instance: Path, database_url: str | None = None, **more: str) -> dict[str, str]:
    """The environment for the program with its data in ``instance`` (SQLite there without a URL)."""
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "PORT"}}
    env["PSFS_INSTANCE"] = str(instance)
    if database_url:
        env["DATABASE_URL"] = database_url
    return env | more


def psfs(*arguments: str, env: dict[str, str]) -> str:
    """Run one ``psfs`` command to its end and give what it printed.

    Raises:
        AssertionError: it failed; the message holds what it said.
    """
    done = subprocess.run(
        [PSFS, *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"psfs {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def free_port() -> int:
    """A port on loopback that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(instance: Path, database_url: str | None = None, **env: str) -> Iterator[RunningApp]:
    """Serve from ``instance`` until the block ends; an empty database is filled with the demo.

    Raises:
        AssertionError: it ended, or answered nothing, before it was ready.
    """
    port = free_port()
    log = instance / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [PSFS, "serve", "--demo-if-empty"],
            cwd=ROOT,
            env=environment(instance, database_url, PORT=str(port), **env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, so that its workers end with it
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url, log)
        yield RunningApp(url, instance, database_url or "", log, process.pid)
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(f"{url}/helse"):
        assert process.poll() is None, f"the server ended: {log.read_text()[-4000:]}"
        assert time.monotonic() < deadline, f"the server is not ready: {log.read_text()[-4000:]}"
        time.sleep(POLL_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - an address made here
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code < 500
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)
