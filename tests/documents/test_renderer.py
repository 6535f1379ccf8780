"""The worker process: it recovers from being killed, from slow documents and from faulty ones; threads share it."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from psfs.documents.renderer import Renderer, RenderingError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

STATIC = Path(__file__).resolve().parents[2] / "psfs" / "static"
AMPLE = 60.0


def page(body: str) -> str:
    return f'<!doctype html><html lang="nn"><title>Prøve</title><body>{body}</body></html>'


def text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One for all tests: whatever a test does to it, the next must find it working."""
    made = Renderer(STATIC)
    yield made
    made.close()


def test_one_worker_makes_many_documents(renderer: Renderer) -> None:
    assert "Første" in text(renderer.pdf(page("<p>Første"), AMPLE))
    first = renderer.pid
    assert "Andre" in text(renderer.pdf(page("<p>Andre"), AMPLE))
    assert renderer.pid == first


def test_a_slow_document_is_stopped_and_the_next_one_is_made(renderer: Renderer) -> None:
    renderer.pdf(page("<p>Varm"), AMPLE)
    slow = renderer.pid
    rows = "<tr><td>Lang<td>tabell<td>med<td>mange<td>ruter" * 5000
    with pytest.raises(TooSlowError):
        renderer.pdf(page(f"<table>{rows}</table>"), 0.3)
    assert "Rask" in text(renderer.pdf(page("<p>Rask"), AMPLE))
    assert renderer.pid != slow


def test_a_dead_worker_is_replaced(renderer: Renderer) -> None:
    renderer.pdf(page("<p>Før"), AMPLE)
    assert renderer.pid
    os.kill(renderer.pid, signal.SIGKILL)
    assert "Etter" in text(renderer.pdf(page("<p>Etter"), AMPLE))


def test_a_worker_that_dies_at_work_is_replaced_and_asked_again(renderer: Renderer) -> None:
    renderer.pdf(page("<p>Før"), AMPLE)
    dying = renderer.pid
    assert dying
    timer = threading.Timer(0.3, os.kill, (dying, signal.SIGKILL))
    timer.start()
    pdf = renderer.pdf(page("<p>Rad" * 3000), AMPLE)
    assert text(pdf).count("Rad") == 3000
    assert renderer.pid != dying


def test_a_worker_is_replaced_after_its_share() -> None:
    with contextlib.closing(Renderer(STATIC, documents_per_process=2)) as renderer:
        pids = []
        for number in range(4):
            renderer.pdf(page(f"<p>{number}"), AMPLE)
            pids.append(renderer.pid)
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_threads_get_their_own_documents(renderer: Renderer) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda n: text(renderer.pdf(page(f"<p>Dokument {n}."), AMPLE)), range(12)))
    assert [f"Dokument {n}." in made[n] for n in range(12)] == [True] * 12


def test_waiting_for_another_document_counts(renderer: Renderer) -> None:
    renderer.pdf(page("<p>Varm"), AMPLE)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(renderer.pdf, page("<p>Rad" * 3000), AMPLE)
        while not (renderer.busy or slow.done()):
            pass
        with pytest.raises(TooSlowError):
            renderer.pdf(page("<p>Vent"), 0.05)
        assert slow.result()


def test_a_faulty_document_does_not_take_the_worker_along(renderer: Renderer) -> None:
    renderer.pdf(page("<p>Varm"), AMPLE)
    before = renderer.pid
    with pytest.raises(RenderingError):
        renderer.pdf(page("<div>" * 3000), AMPLE)  # nested too deep to lay out
    assert "Vel" in text(renderer.pdf(page("<p>Vel"), AMPLE))
    assert renderer.pid == before


def test_a_renderer_that_cannot_start_says_so(tmp_path: Path) -> None:
    with contextlib.closing(Renderer(tmp_path)) as renderer, pytest.raises(RenderingError):
        renderer.pdf(page("<p>Utan stilar"), AMPLE)


def test_warming_up_in_the_background_starts_the_worker() -> None:
    with contextlib.closing(Renderer(STATIC)) as renderer:
        assert renderer.pid is None
        renderer.warm_up().join(AMPLE)
        assert renderer.pid


def test_nothing_is_fetched_from_the_network(renderer: Renderer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        renderer.pdf(page(f'<img src="{address}.svg"><link rel="stylesheet" href="{address}.css"><p>Ferdig'), AMPLE)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_the_worker_sees_nothing_of_our_environment(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    renderer.close()
    renderer.pdf(page("<p>Varm"), AMPLE)
    environment = Path(f"/proc/{renderer.pid}/environ").read_bytes()
    assert b"LANG=" in environment
    assert b"secret" not in environment
    assert b"DATABASE_URL" not in environment


def test_closing_leaves_nothing_behind(renderer: Renderer) -> None:
    renderer.pdf(page("<p>Varm"), AMPLE)
    pid = renderer.pid
    folder = Path(os.readlink(f"/proc/{pid}/cwd"))
    assert folder.is_dir()
    renderer.close()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_letters_beyond_western_europe_keep_their_glyphs(renderer: Renderer) -> None:
    """Two files of one family once shared their glyphs: «ŋ» came out as another letter."""
    pdf = renderer.pdf(page("<p>Áŋŋel Đorđe Łukasz Žofie"), AMPLE)
    reader = PdfReader(io.BytesIO(pdf))
    fonts = reader.pages[0]["/Resources"]["/Font"].get_object()
    assert len(fonts) == 2
    assert "Áŋŋel Đorđe Łukasz Žofie" in text(pdf)
