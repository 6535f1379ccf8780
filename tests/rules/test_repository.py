"""What is committed holds for everybody: no one machine's paths, no registry of its own, nothing unpinned."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
# The brackets keep this file from finding itself.
NOT_FOR_EVERYBODY = {
    "a registry's address": re.compile(r"pypi[.]or[g]|python[h]osted|registry[.]np[m]|npm[.]pk[g]"),
    "where packages come from": re.compile(r"(?<!no-emit-)index-ur[l]|find-link[s]|trusted-hos[t]", re.IGNORECASE),
    "a path of one machine": re.compile(r"(?<![\w.<])/(?:root|home/\w+|Users/\w+|opt|wor[k])/"),
}


def committed_texts() -> dict[str, str]:
    """Every text file that git keeps, by name."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    texts = {}
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content:
            texts[name] = content.decode()
    return texts


@pytest.mark.parametrize("what", NOT_FOR_EVERYBODY)
def test_nothing_of_one_machine_is_committed(what: str) -> None:
    found = {name: NOT_FOR_EVERYBODY[what].findall(text) for name, text in committed_texts().items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_a_checksum(lock: str) -> None:
    lines = (ROOT / lock).read_text().replace("\\\n", "").splitlines()
    packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert packages
    assert [line for line in packages if not re.match(r"[\w.-]+==.*--hash=sha256:", line)] == []


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *sum(project["dependency-groups"].values(), [])]
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    names = [re.split(r"[\[<>=; ]", line)[0] for line in wanted]
    assert [name for name in names if not re.search(rf"[| ]{re.escape(name)}[ ,]", explained)] == []
