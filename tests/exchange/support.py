"""Importing and exporting in tests, and all that the database then holds, without ids and times."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from psfs.domain.scoring import Scale
from psfs.exchange import exporter, importer
from psfs.extensions import Base, db
from psfs.models import Activity, Case, Conversation, Form, Person, Score

EXAMPLE = Path(__file__).with_name("worked_example.csv")
HEADER = "person_ref,name,birth_date,form,activity,conversation_date,score,performed_by"
HIGHER, LOWER = Scale.HIGHER_IS_BETTER, Scale.LOWER_IS_BETTER


def bring_in(folder: Path, *rows: str, scale: Scale = HIGHER) -> int:
    """Import these lines under the usual header."""
    path = folder / "in.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return importer.run(path, scale)


def exported(folder: Path) -> list[str]:
    """The export's lines without its header."""
    path = folder / "out.csv"
    assert exporter.run(path) == 0
    return path.read_text(encoding="utf-8").splitlines()[1:]


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables, to see that nothing changed."""
    found = {
        table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return found


def history(ref: str) -> dict[int, dict]:
    """A person's forms as they are stored, by number: days, activities in order, scores by conversation."""
    forms = {}
    query = select(Form).join(Case).join(Person).where(Person.import_ref == ref)
    for form in db.session.scalars(query.execution_options(populate_existing=True)).all():
        activities = db.session.scalars(
            select(Activity)
            .where(Activity.form_id == form.id)
            .order_by(Activity.position)
            .execution_options(populate_existing=True)
        ).all()
        texts = {one.id: one.text for one in activities}
        talks = {}
        for talk in db.session.scalars(select(Conversation).where(Conversation.form_id == form.id)):
            scores = db.session.execute(
                select(Score.activity_id, Score.value).where(Score.conversation_id == talk.id)
            ).all()
            key = (talk.held_on.isoformat(), talk.performed_by, talk.struck_at is not None)
            talks[key] = {texts[activity]: value for activity, value in scores}
        forms[form.number] = {
            "days": (form.opened_on, form.closed_on),
            "scale": form.scale,
            "activities": [(one.position, one.text, one.active_from, one.retired_on) for one in activities],
            "talks": talks,
        }
    db.session.rollback()
    return forms
