"""Fetch the pinned styles, scripts, fonts and icons that the pages use; or check them.

    python .ci/vendor.py            fetch what is pinned below and write psfs/static/vendor/
    python .ci/vendor.py --check    compare the files with psfs/static/vendor/VERSIONS; needs no network

The ordinary npm client fetches the packages. Once a version's checksum stands in VERSIONS, a package with another
content is refused; a version that is new there has its checksum noted. Standard library only.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "psfs" / "static" / "vendor"
RECORD = VENDOR / "VERSIONS"


@dataclass(frozen=True)
class Package:
    """One npm package: what is taken from it (path in the package -> path under vendor/)."""

    name: str
    version: str
    licence: str
    files: dict[str, str]
    icons: dict[str, str] = field(default_factory=dict)


FONT = "source-sans-3"
PACKAGES = (
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    Package(
        "@digdir/designsystemet-css",
        "1.22.0",
        "MIT",
        {"dist/src/index.css": "designsystemet/index.css", "LICENSE": "designsystemet/LICENSE"},
    ),
    Package(
        "@digdir/designsystemet-theme",
        "1.11.0",
        "MIT",
        {
            "src/themes/designsystemet.css": "designsystemet/theme.css",
            "LICENSE": "designsystemet/LICENSE-theme",
        },
    ),
    Package(
        f"@fontsource-variable/{FONT}",
        "5.3.0",
        "OFL-1.1",
        {
            **{
                f"files/{FONT}-{part}-wght-normal.woff2": f"{FONT}/{FONT}-{part}-wght-normal.woff2"
                for part in ("latin", "latin-ext")
            },
            "LICENSE": f"{FONT}/LICENSE",
        },
    ),
    Package(
        "@fontsource/noto-emoji",  # black on white, for the documents alone: on a screen the device has its own
        "5.3.2",
        "OFL-1.1",
        {
            "files/noto-emoji-emoji-400-normal.woff2": "noto-emoji/noto-emoji-400-normal.woff2",
            "LICENSE": "noto-emoji/LICENSE",
        },
    ),
    Package(
        "@navikt/aksel-icons",
        "8.16.2",
        "MIT",
        # The package carries no licence file; its description and README state the licence.
        {"README.md": "aksel-icons/README.md", "package.json": "aksel-icons/package.json"},
        icons={
            "arrow-right": "ArrowRight",
            "baton": "Handshake",
            "bell": "Bell",
            "calendar": "Calendar",
            "chat": "Chat2",
            "check": "CheckmarkHeavy",
            "chevron-down": "ChevronDown",
            "chevron-left": "ChevronLeft",
            "chevron-right": "ChevronRight",
            "clock": "Clock",
            "close": "XMark",
            "download": "Download",
            "eye": "Eye",
            "file": "FileText",
            "heart": "HandHeart",
            "home": "House",
            "info": "InformationSquare",
            "list": "BulletList",
            "lock": "PadlockLocked",
            "note": "NotePencil",
            "pencil": "Pencil",
            "people": "PersonGroup",
            "person": "Person",
            "person-add": "PersonPlus",
            "phone": "Phone",
            "plus": "Plus",
            "print": "PrinterSmall",
            "search": "MagnifyingGlass",
            "settings": "Cog",
            "shield": "ShieldLock",
            "skip": "ChevronRightDouble",
            "stairs": "Staircase",
            "tablet": "Tablet",
            "tasks": "Tasklist",
            "trend-down": "TrendDown",
            "trend-up": "TrendUp",
            "undo": "ArrowUndo",
            "warning": "ExclamationmarkTriangle",
        },
    ),
)
SPRITE = "aksel-icons/icons.svg"


class VendorError(Exception):
    """Something is not what was pinned; the message says what."""


def known_checksums() -> dict[tuple[str, str], str]:
    """(name, version) -> the package checksum noted in VERSIONS."""
    if not RECORD.exists():
        return {}
    noted = tomllib.loads(RECORD.read_text("utf-8"))
    return {(item["name"], item["version"]): item["integrity"] for item in noted["package"]}


def fetch(package: Package, folder: Path) -> tuple[Path, str]:
    """Fetch one package with npm; returns the archive and its checksum in npm's notation."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is needed to fetch packages (to check what is here: --check)")
    target = folder / package.name.replace("/", "-")
    target.mkdir()
    command = [npm, "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(target)]
    subprocess.run(command, check=True, cwd=target, stdout=subprocess.DEVNULL)  # noqa: S603 - names pinned above
    (archive,) = target.glob("*.tgz")
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return archive, "sha512-" + base64.b64encode(digest).decode()


def read_member(archive: tarfile.TarFile, package: Package, path: str) -> bytes:
    """One file of a package, read without unpacking anything else."""
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise VendorError(f"{package.name} {package.version} has no file {path}")
    return member.read()


def sprite(archive: tarfile.TarFile, package: Package) -> bytes:
    """One SVG with a symbol per icon, so that all of them cost one request."""
    symbols = []
    for name, source in sorted(package.icons.items()):
        svg = read_member(archive, package, f"dist/svg/{source}.svg").decode()
        found = re.fullmatch(r'<svg [^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>\s*', svg, re.DOTALL)
        if found is None:
            raise VendorError(f"{source}.svg does not look like an icon")
        # Two decimals of a 24-unit drawing are finer than any screen, and half the bytes.
        paths = re.sub(
            r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), found[2].strip()
        )
        symbols.append(f'<symbol id="{name}" viewBox="{found[1]}" fill="none">{paths}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def take(package: Package, folder: Path, known: dict[tuple[str, str], str]) -> tuple[str, dict[str, bytes]]:
    """The package's checksum and the files it gives (path under vendor/ -> content)."""
    archive_path, integrity = fetch(package, folder)
    expected = known.get((package.name, package.version))
    if expected is None:
        print(f"new: {package.name} {package.version} {integrity}")
    elif expected != integrity:
        raise VendorError(f"{package.name} {package.version}: checksum {integrity}, noted was {expected}")
    with tarfile.open(archive_path) as archive:
        files = {target: read_member(archive, package, source) for source, target in package.files.items()}
        if package.icons:
            files[SPRITE] = sprite(archive, package)
    return integrity, files


def record(taken: list[tuple[Package, str, dict[str, bytes]]]) -> str:
    """The text of VERSIONS (TOML)."""
    lines = ["# What lies here, where it comes from, and its checksums. Written by .ci/vendor.py: change that instead."]
    for package, integrity, files in taken:
        lines += [
            "",
            "[[package]]",
            f'name = "{package.name}"',
            f'version = "{package.version}"',
            f'licence = "{package.licence}"',
            f'integrity = "{integrity}"',
            "[package.sha256]",
        ]
        lines += [f'"{path}" = "{hashlib.sha256(content).hexdigest()}"' for path, content in sorted(files.items())]
    return "\n".join(lines) + "\n"


def update() -> None:
    """Fetch everything first, then replace the folder's content."""
    known = known_checksums()
    with tempfile.TemporaryDirectory() as folder:
        taken = [(package, *take(package, Path(folder), known)) for package in PACKAGES]
    if VENDOR.exists():
        shutil.rmtree(VENDOR)
    for _package, _integrity, files in taken:
        for path, content in files.items():
            (VENDOR / path).parent.mkdir(parents=True, exist_ok=True)
            (VENDOR / path).write_bytes(content)
    RECORD.write_text(record(taken), "utf-8")


def faults() -> list[str]:
    """What differs between the pins, VERSIONS and the files."""
    if not RECORD.exists():
        return ["VERSIONS is missing"]
    noted = tomllib.loads(RECORD.read_text("utf-8"))["package"]
    found = []
    pinned = {(package.name, package.version) for package in PACKAGES}
    for name, version in sorted(pinned ^ {(item["name"], item["version"]) for item in noted}):
        found.append(f"{name} {version} stands only in one of .ci/vendor.py and VERSIONS")
    expected = {path: digest for item in noted for path, digest in item["sha256"].items()}
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file() and path != RECORD}
    found += [f"{path} is missing" for path in sorted(expected.keys() - present)]
    found += [f"{path} does not stand in VERSIONS" for path in sorted(present - expected.keys())]
    for path in sorted(present & expected.keys()):
        if hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() != expected[path]:
            found.append(f"{path} has been changed")
    return found


def main() -> int:
    """Returns the exit status: 0 when everything is as pinned."""
    parser = argparse.ArgumentParser(description="Fetch or check psfs/static/vendor.")
    parser.add_argument("--check", action="store_true", help="compare with VERSIONS, without network")
    try:
        if not parser.parse_args().check:
            update()
        found = faults()
    except (VendorError, subprocess.CalledProcessError) as error:
        found = [str(error)]
    for fault in found:
        print(f"vendor: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
