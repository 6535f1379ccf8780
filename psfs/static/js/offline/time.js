/** A moment as this device's clock has it, with its offset: `2026-03-29T01:59:00.000+01:00`. */
export function localTime(moment = new Date()) {
  const offset = -moment.getTimezoneOffset();
  const shifted = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
  const two = (number) => String(number).padStart(2, "0");
  const size = Math.abs(offset);
  return `${shifted}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The name of the time zone this device is set to, as `Europe/Oslo`. */
export function zone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
