"""The rooms of the house and what every page needs from them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import g, request, url_for
from flask_babel import gettext as _

from psfs import formatting
from psfs.domain.permissions import Action, Role, allowed

if TYPE_CHECKING:
    from flask import Flask

ROOMS = (
    "accounts",
    "worklist",
    "cases",
    "conversations",
    "bti",
    "coordination",
    "teams",
    "overview",
    "exchange",
    "documents",
    "offline",
    "pwa",
)


def register(app: Flask) -> None:
    """Register every room's blueprint, the filters and what the layout shows."""
    for room in ROOMS:
        app.register_blueprint(import_module(f"psfs.{room}.routes").bp)
    formatting.init_app(app)
    app.context_processor(_layout)


def _device(role: Role) -> list[dict[str, str]]:
    """The way to this device's page, for those who record without network."""
    if not allowed(role, Action.OFFLINE):
        return []
    return [{"label": _("Utan nett"), "href": url_for("offline.this_device")}]


def _layout() -> dict[str, Any]:
    account = g.get("user")
    if account is None:
        return {"nav": [], "user_menu": None, "signed_in": None, "records_offline": False}
    role = Role(account.role)
    links = (
        (Action.WORKLIST, "worklist.home", _("Arbeidsliste"), "list"),
        (Action.SEARCH, "cases.search", _("Søk"), "search"),
        (Action.CREATE_CASE, "cases.new", _("Ny person"), "plus"),
        (Action.COORDINATE, "coordination.queue", _("Meldingar"), "bell"),
        (Action.COORDINATE, "coordination.register", _("Planar"), "file"),
        (Action.OVERVIEW, "overview.figures", _("Oversyn"), "eye"),
        (Action.EXPORT_LIST, "exchange.exports", _("Uttrekk"), "download"),
        (Action.MANAGE_ACCOUNTS, "accounts.users", _("Tilsette"), ""),
        (Action.MANAGE_SERVICES, "accounts.services", _("Tenester"), ""),
        (Action.MANAGE_SETTINGS, "accounts.settings", _("Innstillingar"), ""),
        (Action.READ_SECURITY_LOG, "accounts.security_log", _("Tryggleikslogg"), ""),
    )
    return {
        "nav": [
            {
                "label": label,
                "href": url_for(endpoint),
                "current": request.endpoint == endpoint,
                "icon": icon,
            }
            for action, endpoint, label, icon in links
            if allowed(role, action, ())
        ],
        "user_menu": {
            "name": account.name,
            "detail": account.service.name if account.service else "",
            "items": [
                {"label": _("Min konto"), "href": url_for("accounts.own")},
                *_device(role),
                {"label": _("Logg ut"), "href": url_for("accounts.sign_out"), "post": True, "ends": True},
            ],
        },
        "signed_in": account,
        "records_offline": allowed(role, Action.OFFLINE),
    }
