"""The arrows between rooms, read from the code itself: they point inwards and never back."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PSFS = ROOT / "psfs"
ROOMS = {"accounts", "worklist", "cases", "conversations", "bti", "documents", "offline", "pwa", "exchange"}
ROOMS |= {"coordination", "teams", "overview"}
INNER = {"domain", "models", "audit", "extensions", "clock"}
SQL = {"select", "insert", "update", "delete", "text", "exists", "func", "and_", "or_", "union", "literal_column"}
QUERYING = {"execute", "scalar", "scalars", "query", "get", "get_one"}
WRITING = {"add", "add_all", "delete", "merge", "commit", "flush"}
ROUTES = re.compile(r"(^|_)routes(_|$)|^blueprint$")
FORMS = re.compile(r"(^|_)forms$|^fields$")


def modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found = {}
    for path in PSFS.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "versions" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imported(name: str) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it; what is imported from a package counts as its module."""
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """The first part within the program: psfs.bti.queries -> bti."""
    return (name.split(".") + ["", ""])[1]


def used(node: ast.AST) -> str:
    """A dotted name as written: db.session.execute."""
    if isinstance(node, ast.Attribute):
        return f"{used(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def attributes(name: str) -> set[str]:
    return {used(node) for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute)}


def in_room(*rooms: str) -> list[str]:
    return [name for name in MODULES if room(name) in rooms]


def is_route(name: str) -> bool:
    return room(name) in ROOMS and bool(ROUTES.search(name.rpartition(".")[2]))


def test_the_rooms_are_those_of_the_house() -> None:
    folders = {path.name for path in PSFS.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders == ROOMS | {"domain", "models", "audit", "demo"}


def test_the_domain_is_pure() -> None:
    standard = {"__future__", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools"}
    standard |= {"itertools", "operator", "pathlib", "re", "tomllib", "types", "typing", "hashlib", "math", "bisect"}
    standard |= {"unicodedata"}
    for name in in_room("domain"):
        foreign = {one for one in imported(name) if not one.startswith("psfs.domain")}
        assert {one.split(".")[0] for one in foreign} <= standard, name
        assert not attributes(name) & {"date.today", "datetime.now", "datetime.utcnow", "datetime.today"}, name


def test_the_inner_rooms_know_no_outer_one() -> None:
    allowed = {
        "models": {"domain", "models", "extensions", "clock", ""},
        "audit": {"domain", "models", "audit", "extensions", "clock", ""},
        "extensions": {"extensions", "language"},  # Babel asks which languages there are
        "clock": {"clock"},
    }
    for inner, known in allowed.items():
        for name in in_room(inner):
            found = {room(one) for one in imported(name) if one.startswith("psfs")}
            assert found <= known, (name, found - known)


def test_nobody_imports_another_rooms_routes_or_forms() -> None:
    for name in MODULES:
        for one in imported(name):
            target = room(one)
            if target not in ROOMS or target == room(name) or name == "psfs.rooms":
                continue
            parts = one.split(".")[2:3]
            assert not any(ROUTES.search(part) or FORMS.search(part) for part in parts), (name, one)


def test_queries_and_services_know_no_routes_and_queries_no_request() -> None:
    of_the_request = {"flask.request", "flask.session", "flask.g", "flask.render_template"}
    for name in MODULES:
        last = name.rpartition(".")[2]
        if room(name) in ROOMS and last.startswith(("service", "queries")):
            assert not [one for one in imported(name) if ROUTES.search(one.rpartition(".")[2])], name
        if room(name) in ROOMS and last.startswith("queries"):
            assert not set(imported(name)) & of_the_request, name


def test_only_documents_imports_weasyprint() -> None:
    users = {name for name in MODULES if any(one.split(".")[0] == "weasyprint" for one in imported(name))}
    assert {room(name) for name in users} <= {"documents"}


def test_routes_hold_no_sql() -> None:
    found = {}
    for name in filter(is_route, MODULES):
        from_alchemy = {one.rpartition(".")[2] for one in imported(name) if one.startswith("sqlalchemy.")}
        calls = {one.rpartition(".")[2] for one in attributes(name) if one.startswith("db.session.")}
        if hits := from_alchemy & SQL | calls & (QUERYING | WRITING):
            found[name] = hits
    assert found == {}


def test_templates_hold_no_sql() -> None:
    for path in (PSFS / "templates").rglob("*.html"):
        assert not re.search(r"\bdb\.|\.query\b|session\.(execute|scalars?|get)\(", path.read_text()), path.name


def test_only_the_audit_writes_the_log() -> None:
    """Others may read it; a statement that writes, or a row that is made, stands in psfs.audit alone."""
    writing = re.compile(r"\b(insert|update|delete)\(\s*AuditEntry|\bAuditEntry\(")
    for name, path in MODULES.items():
        if room(name) not in {"audit", "models"}:
            assert not writing.search(path.read_text()), name
            assert "psfs.audit.chain.append" not in set(imported(name)), name


def test_nobody_goes_past_the_session() -> None:
    """A connection of one's own is unseen by the audit: only what is no clinical data may use one."""
    allowed = {
        "psfs.audit.chain": "writes the log itself",
        "psfs.audit.lists": "writes the log's index",
        "psfs.audit.verifying": "reads the log as it is at one moment",
        "psfs.audit.bulk": "writes rows and their log together",
        "psfs.extensions": "defines the transactions",
        "psfs.exchange.importer": "begins the one transaction of the import",
        "psfs.exchange.rows": "the words of names, by which people are searched",
        "psfs.migrations.env": "migrations",
    }
    beside = {"db.engine.connect", "db.engine.begin", "db.engine.raw_connection", "db.session.connection"}
    users = {name for name in MODULES if attributes(name) & beside}
    users |= {name for name in MODULES if any(one == "sqlalchemy.text" for one in imported(name))} - in_models()
    assert users <= set(allowed)
    own = {name for name in MODULES if "psfs.extensions.own_transaction" in set(imported(name))}
    assert own == {"psfs.accounts.sessions", "psfs.accounts.throttle"}


def in_models() -> set[str]:
    return set(in_room("models"))  # conditions of indexes


def test_there_is_one_clock() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
    clocks |= {f"datetime.{clock}" for clock in clocks}
    users = {name for name in MODULES if attributes(name) & clocks}
    assert users == {"psfs.clock"}


def test_routes_and_templates_are_short() -> None:
    """What is longer wants splitting by what it does."""
    lines = {name: MODULES[name] for name in MODULES if is_route(name)}
    long = {name: count for name, path in lines.items() if (count := len(path.read_text().splitlines())) > 250}
    for path in (PSFS / "templates").rglob("*.html"):
        if (count := len(path.read_text().splitlines())) > 120:
            long[path.name] = count
    assert long == {}
