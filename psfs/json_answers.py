"""Answers for scripts: always JSON, never a page or a way to another address; and JSON read without any leniency."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from flask import current_app, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

F = TypeVar("F", bound="Callable[..., Any]")
JSON = "application/json"
_HALF = re.compile(r"[\ud800-\udfff]")  # of a character: no name that could be answered in UTF-8
CODES = {400: "bad_request", 404: "not_found", 405: "not_possible", 413: "too_large", 500: "error", 503: "busy"}
"""What an error answer is called, by its status."""


def json_view(view: F) -> F:
    """Mark a view whose every answer is JSON, errors and the question to sign in too."""
    view.answers_json = True  # type: ignore[attr-defined]
    return view


def wants_json() -> bool:
    """Whether whoever asks is a script that reads JSON: by the view, or by what is accepted and nothing else is."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "answers_json", False) or request.headers.get("Accept", "").strip() == JSON


def answer(payload: dict[str, Any] | str, status: int = 200) -> Response:
    """``payload`` (or text that is JSON already), kept nowhere."""
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, sort_keys=True)
    response = current_app.response_class(text, status=status, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(code: str, status: int, **more: Any) -> Response:
    """An error answer."""
    return answer({"code": code, **more}, status)


class NotStrict(ValueError):  # noqa: N818 -- says what it is
    """Text that is no JSON, or JSON that two readers could read differently."""


def strict(raw: bytes) -> Any:
    """What ``raw`` says, as JSON in UTF-8.

    Raises:
        NotStrict: broken JSON or UTF-8, the same key twice, a key with half a character in it, a number that is not
            whole, a number of hundreds of digits, or nesting without end.
    """
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once,
            parse_float=_refuse,
            parse_int=_small,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise NotStrict from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs) or any(map(_HALF.search, found)):
        raise NotStrict
    return found


def _small(text: str) -> int:
    if len(text) > 18:
        raise NotStrict
    return int(text)


def _refuse(_text: str) -> NoReturn:
    raise NotStrict
