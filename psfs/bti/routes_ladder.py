"""The ladder: picture, steps, moves, closing and reopening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti import forms, pages, queries, queries_ke, service
from psfs.bti.ladder_views import LadderView, StepView, Told
from psfs.bti.queries_closing import left_open
from psfs.bti.queries_interventions import interventions_of
from psfs.bti.routes import bp
from psfs.cases.door import OpenCase
from psfs.conversations.queries import open_form_id
from psfs.domain.ladder import Direction
from psfs.domain.permissions import Action
from psfs.fields import options

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/saker/<uuid:case_id>/stige")
@permit(Action.VIEW)
def ladder(case: OpenCase) -> str:
    """Where the case stands, the steps of its level and what can be done next; ``?steg=`` takes up a skipped step."""
    view = queries.ladder_view(case.case)
    step = _chosen(view, request.args.get("steg", ""))
    told = queries_ke.told(case.case, step)
    form = _step_form(view, step, told) if step and case.may(Action.STEP) else None
    return _page(case, view, step, form, told=told)


@bp.post("/saker/<uuid:case_id>/stige")
@permit(Action.STEP)
def step(case: OpenCase) -> ResponseReturnValue:
    """Do or skip a step; the deciding step takes its outcome."""
    view = queries.ladder_view(case.case)
    chosen = next((each for each in view.steps if each.key == request.form.get("step")), view.next_step)
    form = _step_form(view, chosen)
    outcome = Direction(form.outcome.data) if "outcome" in form and form.outcome.data in list(Direction) else None

    def save() -> None:
        service.take_step(
            case.case,
            case.user,
            form.step.data or "",
            form.decision(),
            skip=request.form.get("what") == "skip",
            outcome=outcome,
        )

    def page(problems: list[Any], news: Any) -> str:
        told = queries_ke.told(case.case, chosen)
        return _page(case, queries.ladder_view(case.case), chosen, form, problems, news, told=told)

    closing = outcome == Direction.CLOSE
    done = url_for("bti.close" if closing else "bti.ladder", case_id=case.id)
    saved = _("Avgjerda er lagra. Skriv ei siste evaluering for å avslutte saka.") if closing else _("Lagra.")
    return pages.answer(case, form, page, save, done=done, saved=saved)


@bp.route("/saker/<uuid:case_id>/flytt", methods=["GET", "POST"])
@permit(Action.MOVE)
def move(case: OpenCase) -> ResponseReturnValue:
    """Move the case to another level, one or several, up or down."""
    view = queries.ladder_view(case.case)
    form = _begun(forms.MoveForm(), view)
    form.to_level.choices = options(
        (level.number, _("Nivå %(number)s: %(name)s", number=level.number, name=level.name))
        for level in reversed(view.levels)
        if level.number != view.level
    )

    def page(problems: list[Any], news: Any) -> str:
        shown = view if request.method == "GET" else queries.ladder_view(case.case)
        return pages.render(case, "move", form=form, view=shown, problems=problems, news=news)

    def save() -> None:
        service.move(case.case, case.user, form.to_level.data, form.decision())

    return pages.answer(case, form, page, save, done=url_for("bti.ladder", case_id=case.id), saved=_("Saka er flytta."))


@bp.route("/saker/<uuid:case_id>/avslutt", methods=["GET", "POST"])
@permit(Action.MOVE)
def close(case: OpenCase) -> ResponseReturnValue:
    """Close the case, with why and a last evaluation."""
    view = queries.ladder_view(case.case)
    form = _begun(forms.CloseForm(), view)

    def page(problems: list[Any], news: Any) -> str:
        running = [each for each in interventions_of(case.id) if not each.ended]
        left = {"running": running, "talk_form": open_form_id(case.id), "ends": left_open(case.id)}
        return pages.render(case, "close", form=form, view=view, **left, problems=problems, news=news)

    def save() -> None:
        service.close(case.case, case.user, form.reason_code.data, form.evaluation.data, form.decision())

    return pages.answer(
        case, form, page, save, done=url_for("bti.ladder", case_id=case.id), saved=_("Saka er avslutta.")
    )


@bp.route("/saker/<uuid:case_id>/opne-igjen", methods=["GET", "POST"])
@permit(Action.MOVE)
def reopen(case: OpenCase) -> ResponseReturnValue:
    """Open a closed case again."""
    view = queries.ladder_view(case.case)
    form = _begun(forms.ReopenForm(), view)

    def page(problems: list[Any], news: Any) -> str:
        return pages.render(case, "reopen", form=form, view=view, problems=problems, news=news)

    def save() -> None:
        service.reopen(case.case, case.user, form.decision())

    if request.method == "GET":
        return page([], None)
    return pages.answer(
        case, form, page, save, done=url_for("bti.ladder", case_id=case.id), saved=_("Saka er open igjen.")
    )


def _begun(form: Any, view: LadderView) -> Any:
    """A new page's form knows where the case stood."""
    if request.method == "GET":
        form.seen.data = view.seen
    return form


def _chosen(view: LadderView, key: str) -> StepView | None:
    """The skipped step that the address names, else the next one; a step that closes has a page of its own."""
    skipped = next((each for each in view.skipped() if each.key == key), None)
    chosen = skipped or view.next_step
    return chosen if view.open and chosen is not None and not chosen.closes else None


def _step_form(view: LadderView, step: StepView | None, told: Told | None = None) -> Any:
    form = _begun(_form_of(view, step), view)
    if "outcome" in form:
        form.outcome.choices = options((outcome, _outcome_words(view, outcome)) for outcome in view.outcomes)
    if request.method == "GET" and step is not None:
        form.step.data = step.key
        if step.conversation and view.talk is not None:
            form.decided_on.data, form.decided_by.data = view.talk.held_on, view.talk.performed_by
        if told is not None:
            _fill_from_ke(form, step, told)
    return form


def _fill_from_ke(form: Any, step: StepView, told: Told) -> None:
    """What was reported or decided already, on another level too, is only to be confirmed."""
    if not step.ke_decides:
        form.decided_on.data, form.decided_by.data = told.on, told.by
    elif told.decided_on is not None:
        form.decided_on.data, form.decided_by.data = told.decided_on, told.decided_by


def _form_of(view: LadderView, step: StepView | None) -> Any:
    if step is not None and step.decides:
        return forms.DecidingForm()
    return forms.SkipForm() if step is not None and step.only_skip else forms.StepForm()


def _outcome_words(view: LadderView, outcome: str) -> str:
    names = {level.number: level.name for level in view.levels}
    match Direction(outcome):
        case Direction.UP:
            return _("Opp til nivå %(number)s: %(name)s", number=view.level + 1, name=names[view.level + 1])
        case Direction.DOWN:
            return _("Ned til nivå %(number)s: %(name)s", number=view.level - 1, name=names[view.level - 1])
        case Direction.STAY:
            return _("Hald fram på dette nivået med ein ny runde")
        case Direction.CLOSE:
            return _("Avslutt saka")


def _page(
    case: OpenCase,
    view: LadderView,
    step: StepView | None,
    form: Any,
    problems: list[Any] | None = None,
    news: Any = None,
    *,
    told: Told | None = None,
) -> str:
    running = [each for each in interventions_of(case.id) if not each.ended] if step and step.measures else []
    shown = {"view": view, "step": step, "form": form, "running": running, "told": told}
    return pages.render(case, "ladder", **shown, problems=problems or [], news=news)
