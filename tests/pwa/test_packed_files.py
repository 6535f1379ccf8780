"""Static files are sent compressed where they were packed, and say the same as the files they are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import brotli
import pytest

from psfs import create_app, static_files

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

STYLES = "vendor/designsystemet/index.css"


@pytest.fixture
def packed(app: Flask, tmp_path: Path) -> FlaskClient:
    """The program as it is when a server starts it."""
    config = replace(app.extensions["psfs_config"], instance=tmp_path)
    static_files.pack(config.static_dir, config.instance)
    return create_app(config).test_client()


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_style_sheet_is_sent_compressed(app: Flask, packed: FlaskClient, encoding: str) -> None:
    source = (app.extensions["psfs_config"].static_dir / STYLES).read_bytes()
    address = packed.application.config["STATIC_PREFIX"] + STYLES
    with packed.get(address, headers={"Accept-Encoding": encoding}) as answer:
        assert answer.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) < len(source) / 5
        if encoding == "br":
            assert brotli.decompress(answer.data) == source


def test_whoever_asks_for_nothing_gets_it_as_it_is(app: Flask, packed: FlaskClient) -> None:
    source = (app.extensions["psfs_config"].static_dir / STYLES).read_bytes()
    with packed.get(packed.application.config["STATIC_PREFIX"] + STYLES) as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.data == source


def test_packing_again_changes_nothing(app: Flask, packed: FlaskClient, tmp_path: Path) -> None:
    config = app.extensions["psfs_config"]
    [before] = tmp_path.glob("static-*")
    made = before.stat().st_mtime_ns
    assert static_files.pack(config.static_dir, tmp_path) == before
    assert before.stat().st_mtime_ns == made
    assert list(tmp_path.glob("static-*")) == [before]
