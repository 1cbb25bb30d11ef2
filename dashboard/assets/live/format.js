/* Numbers and times as text, the same on every page: `m:ss`, a thin space before %, separated thousands. Pure. */

const THIN_SPACE = "\u2009";
const NOTHING = "–";
const DIGITS_SHOWN_OF_A_NUMBER = 3;

export const count = (value) => (value ?? 0).toLocaleString("en");

/** A ratio 0-1 as percent. What happened to nobody has no rate: null is a dash, never 100 %. */
export function percent(ratio, decimals = 1) {
  return ratio === null || ratio === undefined ? NOTHING : `${(ratio * 100).toFixed(decimals)}${THIN_SPACE}%`;
}

/** Seconds as `m:ss`, past an hour `h:mm:ss`. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return NOTHING;
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** A time of day in the zone given, with milliseconds if asked. */
export function timeOfDay(ms, zone, milliseconds = false) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
    fractionalSecondDigits: milliseconds ? 3 : undefined,
  }).format(ms);
}

/** The local date in the zone given, as ISO 8601 has it. */
export const dateOf = (ms, zone) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(ms);

/** A caller's number on a screen that everybody sees: its last digits only. */
export function masked(number) {
  return number ? `••• ${number.slice(-DIGITS_SHOWN_OF_A_NUMBER)}` : "";
}
