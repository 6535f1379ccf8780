"""The sign-in page, which several answers show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from psfs.accounts import demo
from psfs.accounts.forms import ROLES
from psfs.domain.permissions import Role

if TYPE_CHECKING:
    from psfs.accounts.forms import SignInForm


def sign_in_page(form: SignInForm, *, refused: str = "", ended: bool = False) -> str:
    """The page; ``ended`` says that a session has just run out under someone who sent a form."""
    offered = [(account.username, account.name, ROLES[Role(account.role)]) for account in demo.accounts()]
    return render_template("accounts/sign_in.html", form=form, refused=refused, ended=ended, demo=offered)
