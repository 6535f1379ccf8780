"""The room's views."""

from __future__ import annotations

from psfs.accounts import routes_organisation, routes_own, routes_sign_in, routes_users
from psfs.accounts.blueprint import bp

__all__ = ["bp", "routes_organisation", "routes_own", "routes_sign_in", "routes_users"]
