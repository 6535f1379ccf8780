// A conversation's form and what is sent of it. Nothing is judged here: the server does that, with the rules it has for
// everybody.

const NOT_ASKED = "not_asked";

/** All that is filled in, as pairs: what a draft holds. */
export function valuesOf(form) {
  return [...new FormData(form)].map(([name, value]) => [name, String(value)]);
}

/** Fill in a form with the values of a draft. Fields it does not have are left out. */
export function fill(form, values) {
  for (const [name, value] of values) {
    const field = form.elements.namedItem(name);
    if (!field || name === "new") continue;
    field.value = value; // a group of radio buttons takes it too
  }
}

/** The ids of the rows for new activities that a draft had. */
export function newIds(values) {
  return values.filter(([name]) => name === "new").map(([, id]) => id);
}

/** The conversation as it is sent: `taken` is the case it was begun from. */
export function bodyOf(values, taken, id) {
  const given = new Map(values);
  const text = (name) => (given.get(name) ?? "").trim();
  const added = newIds(values)
    .map((each) => ({ id: each, text: text(`text-${each}`) }))
    .filter((each) => each.text || given.has(`answer-${each.id}`));
  const answers = {};
  const retired = {};
  for (const [name, value] of given) {
    const key = name.slice(name.indexOf("-") + 1);
    if (name.startsWith("answer-")) answers[key] = answerOf(value, text(`reason-${key}`));
    if (name.startsWith("retire-") && !name.startsWith("retire-note-") && value) {
      retired[key] = { reason: value, note: text(`retire-note-${key}`) };
    }
  }
  return {
    id,
    case: taken.case,
    form: taken.form,
    base: taken.base,
    held_on: given.get("held_on"),
    performed_by: text("performed_by"),
    respondent: given.get("respondent"),
    remark: text("remark"),
    next_due: given.get("next_due") || null,
    answers,
    added,
    retired,
  };
}

/** A case taken along, as the next conversation finds it once this one (`body`) is held. The server's own word takes its
    place as soon as the conversation is sent. */
export function afterTalk(taken, body) {
  const last = taken.last_held_on ?? "";
  return {
    ...taken,
    last_held_on: body.held_on > last ? body.held_on : last,
    activities: [...taken.activities.filter(({ id }) => !body.retired[id]), ...body.added],
  };
}

function answerOf(value, reason) {
  return value === NOT_ASKED ? { not_asked: true, reason } : { score: Number(value) };
}
