"""The way to a PDF: a process beside the server that keeps fonts and styles ready (see ``worker.py``).

A document cannot hold the server up: the process is killed at the time limit, and a new one takes the next document.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

PROGRAM = Path(__file__).with_name("worker.py")
DOCUMENTS_PER_PROCESS = 300
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
log = logging.getLogger("psfs.documents")


class RenderingError(Exception):
    """The document did not become a PDF."""


class TooSlowError(RenderingError):
    """The document was not ready within the time limit."""


class _DiedError(RenderingError):
    """The process ended while it was asked."""


class _Process:
    """One worker and the folder it may use."""

    def __init__(self, static_dir: Path) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="psfs-pdf-")
        self.documents = 0
        # A list of our own, no shell: the interpreter that runs us, our own file, our own folder.
        self.popen = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(PROGRAM), str(static_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the layout engine's warnings may quote the document
            cwd=self.folder.name,
            env={
                "HOME": self.folder.name,
                "TMPDIR": self.folder.name,
                "LANG": "C.UTF-8",
                **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            },
            start_new_session=True,  # Ctrl+C is the server's; the process ends when its input does
        )
        self.ready = False

    def ask(self, html: str) -> bytes:
        """The PDF; waits for the process to be ready first."""
        assert self.popen.stdin is not None  # noqa: S101 - what PIPE gives
        assert self.popen.stdout is not None  # noqa: S101
        self.wait_until_ready()
        self.documents += 1
        body = html.encode()
        try:
            self.popen.stdin.write(struct.pack(">Q", len(body)) + body)
            self.popen.stdin.flush()
        except OSError:
            raise _DiedError from None
        return _answer(self.popen.stdout)

    def wait_until_ready(self) -> None:
        """Wait for the answer that says the fonts are read."""
        if not self.ready:
            assert self.popen.stdout is not None  # noqa: S101
            _answer(self.popen.stdout)
            self.ready = True

    def end(self) -> None:
        """Kill and clean up. Safe to call twice."""
        self.popen.kill()
        with self.popen:  # closes the pipes and waits
            pass
        self.folder.cleanup()


def _answer(answers: IO[bytes]) -> bytes:
    header = answers.read(9)
    if len(header) < 9:
        raise _DiedError
    failed, length = struct.unpack(">BQ", header)
    body = answers.read(length)
    if len(body) < length:
        raise _DiedError
    if failed:
        log.error("document failed", extra={"where": body.decode()})
        raise RenderingError("the document could not be laid out")
    return body


class Renderer:
    """Hands documents to one worker, one at a time; any thread may ask."""

    def __init__(self, static_dir: Path, documents_per_process: int = DOCUMENTS_PER_PROCESS) -> None:
        self._static_dir = static_dir
        self._most = documents_per_process
        self.forget()

    def forget(self) -> None:
        """Begin anew without touching a worker: after a fork it is another process's."""
        self._lock = threading.Lock()
        self._process: _Process | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process id, if one runs."""
        return self._process.popen.pid if self._process else None

    @property
    def busy(self) -> bool:
        """Whether a document is being made."""
        return self._lock.locked()

    def pdf(self, html: str, seconds: float) -> bytes:
        """Make a PDF of a whole HTML document.

        Args:
            html: the document; addresses in it may only be ``static:/…``.
            seconds: the time limit, waiting for other documents included.

        Raises:
            TooSlowError: the limit was reached; the worker is killed.
            RenderingError: the document could not be laid out, or the worker could not start.
        """
        deadline = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            raise TooSlowError
        try:
            return self._within(deadline, html)
        finally:
            self._lock.release()

    def _within(self, deadline: float, html: str) -> bytes:
        for last in (False, True):  # a worker that has died since last time is replaced once
            process = self._running()
            too_slow = threading.Event()
            timer = threading.Timer(max(0.0, deadline - time.monotonic()), _stop, (process, too_slow))
            timer.start()
            try:
                return process.ask(html)
            except _DiedError:
                self.close()
                if too_slow.is_set():
                    raise TooSlowError from None
                if last:
                    raise
                log.warning("document worker died")
            finally:
                timer.cancel()
        raise AssertionError("unreachable")

    def _running(self) -> _Process:
        process = self._process
        if process and (process.popen.poll() is not None or process.documents >= self._most):
            self.close()
        if self._process is None:
            self._process = _Process(self._static_dir)
        return self._process

    def warm_up(self) -> threading.Thread:
        """Start the worker in the background, so that the first document need not wait for it."""

        def start() -> None:
            with self._lock:
                try:
                    self._running().wait_until_ready()
                except RenderingError:
                    self.close()

        thread = threading.Thread(target=start, name="document worker", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """End the worker, if one runs. The next document starts another."""
        process, self._process = self._process, None
        if process:
            process.end()


def _stop(process: _Process, too_slow: threading.Event) -> None:
    too_slow.set()
    process.popen.kill()


@functools.cache
def renderer(static_dir: Path) -> Renderer:
    """The one renderer of this server process for a folder of static files."""
    made = Renderer(static_dir)
    atexit.register(made.close)
    os.register_at_fork(after_in_child=made.forget)
    return made
