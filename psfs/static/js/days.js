/** 12. januar 2026, of an ISO date. */
export function longDay(value) {
  const [year, month, day] = value.split("-").map(Number);
  const options = { day: "numeric", month: "long", year: "numeric" };
  return new Date(year, month - 1, day).toLocaleDateString([document.documentElement.lang, "no"], options);
}
