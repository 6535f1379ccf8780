"""Services, settings and the security log, for the administrator."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs import audit
from psfs.accounts import organisation, queries, words
from psfs.accounts.blueprint import bp
from psfs.accounts.current import permit, user
from psfs.accounts.forms import ServiceForm, SettingsForm
from psfs.accounts.settings import limits
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/tenester")
@permit(Action.MANAGE_SERVICES)
def services() -> str:
    """Every service."""
    return render_template("accounts/services.html", services=queries.services())


@bp.route("/tenester/ny", methods=["GET", "POST"])
@permit(Action.MANAGE_SERVICES)
def new_service() -> Response | str | tuple[str, int]:
    """A new service."""
    form = ServiceForm()
    if request.method == "GET":
        form.id.data, form.active.data = str(uuid.uuid4()), True
    return _service_page(form, None)


@bp.route("/tenester/<uuid:service_id>", methods=["GET", "POST"])
@permit(Action.MANAGE_SERVICES)
def edit_service(service_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """One service: name, phone, whether it is external, whether it is in use."""
    service = queries.service(service_id)
    if service is None:
        abort(404)
    return _service_page(ServiceForm(obj=service), service_id)


def _service_page(form: ServiceForm, service_id: uuid.UUID | None) -> Response | str | tuple[str, int]:
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.accepted():
            try:
                _save_service(form, service_id)
            except Refusal as refusal:
                refused = message(refusal)
                if refusal.code == "id_taken":
                    form.id.data = str(uuid.uuid4())  # saved again, it is meant as another
            else:
                flash(_("Lagra."), "success")
                return redirect(url_for("accounts.services"), 303)
    page = render_template("accounts/service.html", form=form, new=service_id is None, refused=refused)
    return page, status


def _save_service(form: ServiceForm, service_id: uuid.UUID | None) -> None:
    name, phone, external = form.name.data or "", form.phone.data or "", form.external.data
    if service_id is not None:
        active = form.active.data
        organisation.edit_service(_actor(), service_id, name=name, phone=phone, external=external, active=active)
        return
    try:
        made = uuid.UUID(form.id.data or "")
    except ValueError:
        abort(400)
    organisation.add_service(_actor(), id=made, name=name, phone=phone, external=external)


@bp.route("/innstillingar", methods=["GET", "POST"])
@permit(Action.MANAGE_SETTINGS)
def settings() -> Response | str | tuple[str, int]:
    """The thresholds that the municipality sets."""
    form = SettingsForm(data=asdict(limits()))
    status = 200
    if request.method == "POST":
        if form.accepted():
            organisation.set_limits(_actor(), form.limits())
            flash(_("Lagra."), "success")
            return redirect(url_for("accounts.settings"), 303)
        status = 422
    return render_template("accounts/settings.html", form=form, explained=words.LIMITS), status


@bp.get("/tryggleikslogg")
@permit(Action.READ_SECURITY_LOG)
def security_log() -> str:
    """Who signed in, who was refused, what happened to accounts: newest first, no person's data."""
    event = request.args.get("hending", "")
    page = request.args.get("side", 1, type=int)
    found = queries.security_events(event=event if event in words.EVENTS else "", page=max(1, min(page, 100_000)))
    return render_template(
        "accounts/security_log.html", found=found, events=words.EVENTS, chosen=event, ways=words.WAYS
    )


def _actor() -> audit.Actor:
    return audit.Actor(user().id, user().name)
