"""The program itself, running: gunicorn on a free port of this machine, as ``make run`` starts it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PSFS = Path(sys.prefix) / "bin" / "psfs"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
PORTS = range(20_000, 32_000)


class RunningApp:
    """A running program: where it answers (``url``, without a slash at the end) and keeps its things.

    It can be stopped and started again, on the same port and the same data.
    """

    def __init__(self, instance: Path, database_url: str | None = None, *, port: int | None = None, **env: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.instance = instance
        self.database_url = database_url or ""
        self.log = instance / "server.log"
        self.log.write_bytes(b"")
        self._environment = environment(instance, database_url, PORT=str(self.port), **env)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that the workers belong to."""
        assert self._process, "the server does not run"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has been started and not stopped since."""
        return self._process is not None

    def start(self) -> None:
        """Start it and wait until it answers; an empty database is filled with the demo.

        Raises:
            AssertionError: it ended, or answered nothing, before it was ready.
        """
        assert not self._process, "the server runs already"
        with self.log.open("a") as output:
            self._process = subprocess.Popen(
                [PSFS, "serve", "--demo-if-empty"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, so that its workers end with it
            )
        _wait_until_ready(self._process, self.url, self.log)

    def stop(self, *, hard: bool = False) -> None:
        """Ask it to end (SIGTERM), or with ``hard`` kill it and its workers at once, as a power cut does (SIGKILL).

        When this returns nobody listens on its port any more.
        """
        assert self._process, "the server does not run"
        process, self._process = self._process, None
        if hard:
            os.killpg(process.pid, signal.SIGKILL)
        _stop(process)
        until(lambda: not _listens(self.port), f"nobody listens on {self.port}")  # a worker dies a little later


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
    """A port on loopback that nobody uses just now.

    It lies below the range that outgoing connections take theirs from, so that nobody takes it
    while a server that had it is stopped.
    """
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port is taken")


@contextlib.contextmanager
def serving(
    instance: Path, database_url: str | None = None, *, port: int | None = None, **env: str
) -> Iterator[RunningApp]:
    """Serve from ``instance`` until the block ends; an empty database is filled with the demo.

    Without ``port`` it takes a free one.

    Raises:
        AssertionError: it ended, or answered nothing, before it was ready.
    """
    app = RunningApp(instance, database_url, port=port, **env)
    try:
        app.start()
        yield app
    finally:
        if app.running:
            app.stop()


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


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)
