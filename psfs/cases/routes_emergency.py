"""Opening somebody's case in an emergency (domain rules, chapter 4)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti.hindrance import Changed
from psfs.cases import service_emergency
from psfs.cases.blueprint import bp
from psfs.cases.door import OpenCase
from psfs.cases.forms import EmergencyForm
from psfs.domain.permissions import Action
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

Answer = str | tuple[str, int]


@bp.route("/saker/<uuid:case_id>/naudopning", methods=["GET", "POST"])
@permit(Action.EMERGENCY)
def emergency(case: OpenCase) -> Answer | Response:
    """Ask why, and open the case for an hour. The page says nothing of whose case it is."""
    if case.may(Action.VIEW):
        return redirect(url_for("cases.show", case_id=case.id), 303)
    form: Any = EmergencyForm()
    if request.method == "GET":
        return render_template("cases/emergency.html", form=form)
    if not form.accepted():
        return render_template("cases/emergency.html", form=form), 422
    try:
        service_emergency.open_emergency(case, form.id.data, form.reason.data)
    except Changed as refusal:
        form.reason.errors = [message(refusal)]
        form.id.data = uuid.uuid4()
        return render_template("cases/emergency.html", form=form), 409
    flash(_("Saka er open for deg i ein time. Leiaren og koordinerande eining får vite det."), "warning")
    return redirect(url_for("cases.show", case_id=case.id), 303)
