/* Alerts in words: metrics, sentences, spans. Pure. */

import { count, duration, percent } from "../live/format.js";

/** By the API's name of a metric: its words, whether it is a share, the unit of what is counted. */
export const METRICS = {
  waiting: { words: "Callers waiting" },
  longest_wait: { words: "Longest wait", isTime: true },
  available: { words: "Agents available" },
  service_level: { words: "Service level today", isShare: true },
  service_level_recent: { words: "Service level of the last half hour", isShare: true },
  abandon_rate: { words: "Abandon rate today", isShare: true },
  abandoned: { words: "Abandoned today" },
};
export const SIDES = [["at_least", "at or above"], ["below", "below"]];
export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY_MINUTES = 1440;
const WORK = "0,1,2,3,4";

/** A value of the rule's metric as people read it. */
export function valueOf(metric, value) {
  if (value === null || value === undefined) return "–";
  if (METRICS[metric]?.isShare) return percent(value);
  return METRICS[metric]?.isTime ? duration(value) : count(Math.round(value * 10) / 10);
}

/** What a rule watches: "Longest wait at or above 2:00 for 30 s". */
export function ruleWords(rule) {
  const held = rule.forS ? ` for ${span(rule.forS)}` : "";
  const side = SIDES.find(([name]) => name === rule.side)?.[1] ?? rule.side;
  return `${METRICS[rule.metric]?.words ?? rule.metric} ${side} ${valueOf(rule.metric, rule.limit)}${held}`;
}

/** Of which queues, and when: "Billing, Sales · Mon–Fri · 08:00–18:00". `names`: the queues' names by `PBX:QUEUE`. */
export function scopeWords(rule, names) {
  const queues = rule.queues.map((place) => names.get(place) ?? place.slice(place.indexOf(":") + 1));
  const listed = queues.length > 3 ? [...queues.slice(0, 2), `${queues.length - 2} more`] : queues;
  const parts = [queues.length ? listed.join(", ") : "All queues"];
  if (rule.weekdays.length < DAYS.length) parts.push(`${rule.weekdays}` === WORK ? "Mon–Fri" : rule.weekdays.map((day) => DAYS[day]).join(" "));
  if (rule.awakeFrom > 0 || rule.awakeUntil < DAY_MINUTES) parts.push(`${clock(rule.awakeFrom)}–${clock(rule.awakeUntil)}`);
  return parts.join(" · ");
}

/** Minutes of a day as `HH:MM`. */
export const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** `HH:MM` as minutes of a day. */
export function minutesOf(text) {
  const [hours, minutes] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Seconds in words: "45 s", "2 min", "1 h 30 min". */
export function span(seconds) {
  const whole = Math.round(seconds);
  if (whole < 120 && whole % 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? `${hours} h` : "", rest || !hours ? `${rest} min` : ""].filter(Boolean).join(" ");
}

/** An instant (ISO 8601) as day and time in a zone. */
export function whenOf(iso, zone) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).format(new Date(iso));
}

/** How long something lasted, in seconds; null while it is not over. */
export const lasted = ({ raisedAt, clearedAt }) => (clearedAt ? (Date.parse(clearedAt) - Date.parse(raisedAt)) / 1000 : null);
