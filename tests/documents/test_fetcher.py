"""What a document may fetch: the project's own static files and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from psfs.documents.worker import RefusedError, StaticFiles

STATIC = Path(__file__).resolve().parents[2] / "psfs" / "static"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of static files beside a secret, with a link to the secret and one to a folder outside."""
    (tmp_path / "secret.css").write_text("secret")
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (static / "css" / "a.css").write_text("a { color: red }")
    (static / "secret_key").write_text("secret")
    (static / "link.css").symlink_to(tmp_path / "secret.css")
    (static / "outside").symlink_to(tmp_path)
    return static


def test_a_static_file_is_read(folder: Path) -> None:
    answer = StaticFiles(folder).fetch("static:/css/a.css")
    assert (answer.read(), answer.content_type) == (b"a { color: red }", "text/css")


def test_a_static_folder_that_is_reached_by_a_link_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(folder)
    assert StaticFiles(tmp_path / "linked").fetch("static:/css/a.css").read()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.css",
        "https://example.org/x.css",
        "ftp://example.org/x.css",
        "data:text/css,a{}",
        "/etc/passwd",
        "css/a.css",
        "static://example.org/css/a.css",
        "static:/css/a.css?x=1",
        "static:/../secret.css",
        "static:/css/../../secret.css",
        "static:/%2e%2e/secret.css",
        "static:/css/%2e%2e/%2e%2e/secret.css",
        "static:/css\\..\\..\\secret.css",
        "static:/link.css",
        "static:/outside/secret.css",
        "static:/secret_key",
        "static:/css",
        "static:/css/missing.css",
        "static:/",
        "static:",
        "",
    ],
)
def test_everything_else_is_refused(folder: Path, url: str) -> None:
    with pytest.raises(RefusedError):
        StaticFiles(folder).fetch(url)


def test_an_absolute_path_is_taken_within_the_folder(folder: Path) -> None:
    with pytest.raises(RefusedError):
        StaticFiles(folder).fetch(f"static://{folder.parent}/secret.css")
    with pytest.raises(RefusedError):
        StaticFiles(folder).fetch(f"static:////{folder.parent}/secret.css")


def test_the_real_fonts_can_be_fetched() -> None:
    fonts = sorted((STATIC / "vendor").rglob("*.woff2"))
    assert fonts
    for font in fonts:
        StaticFiles(STATIC).fetch(f"static:/{font.relative_to(STATIC).as_posix()}").read()
