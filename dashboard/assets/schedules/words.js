/* Schedules in words. Pure. */

export const KINDS = { xlsx: "Excel", csv: "CSV", pdf: "PDF" };
// The look of a pill, and its words.
export const STATES = {
  accepted: ["", "Waiting"],
  sending: ["", "On its way"],
  sent: ["ok", "Sent"],
  failed: ["bad", "Failed"],
  unknown: ["warn", "Unknown"],
  skipped: ["warn", "Not sent"],
};
const DAYS = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];
const SHORT = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LAST_DAY = 31;

/** When a report may go out: [value, words]; `others`: one that is none of the usual. */
export function occasions(current) {
  const usual = [
    { every: "day" },
    { every: "week", days: [1, 2, 3, 4, 5] },
    ...DAYS.map((_, i) => ({ every: "week", days: [i + 1] })),
    ...[1, 15, LAST_DAY].map((dayOfMonth) => ({ every: "month", dayOfMonth })),
  ];
  const all = !current || usual.some((each) => value(each) === value(current)) ? usual : [current, ...usual];
  return all.map((each) => [value(each), often(each)]);
}

/** An occasion as the value of a choice. */
export const value = ({ every, days, dayOfMonth }) =>
  JSON.stringify(every === "week" ? { every, days } : every === "month" ? { every, dayOfMonth } : { every });

/** How often, and at what o'clock. */
export const when = (each) => [often(each), `${each.at} ${each.timeZone}`];

function often({ every, days, dayOfMonth }) {
  if (every === "day") return "Each day";
  if (every === "month") return dayOfMonth === LAST_DAY ? "Last day of the month" : `Each month on the ${ordinal(dayOfMonth)}`;
  if (days.join() === "1,2,3,4,5") return "Monday to Friday";
  return days.length === 1 ? DAYS[days[0] - 1] : days.map((day) => SHORT[day - 1]).join(", ");
}

function ordinal(number) {
  const rest = number % 100 >= 11 && number % 100 <= 13 ? 0 : number % 10;
  return `${number}${["th", "st", "nd", "rd"][rest] ?? "th"}`;
}

/** The title of a schedule's page. */
export const title = (each, desk) => new Map(desk.pages).get(each.page) ?? each.page;

/** The range of a query: [value, words] of a preset, or of fixed days. */
export function range(query, desk) {
  const asked = new URLSearchParams(query);
  const [from, to] = [asked.get("from"), asked.get("to")];
  if (from && to) return [`${from} ${to}`, from === to ? from : `${from} to ${to}`];
  const found = desk.ranges.find(([name]) => name === asked.get("range"));
  return found ?? ["today", new Map(desk.ranges).get("today")];
}

/** What a query leaves out or asks beside its range, in words: `queue: billing`. */
export function others(query) {
  const asked = [...new URLSearchParams(query)].filter(([name]) => !["range", "from", "to"].includes(name));
  return asked.map(([name, words]) => `${name}: ${words}`).join(", ");
}

/** A query in words. */
export const filters = (query, desk) => [range(query, desk)[1], others(query)].filter(Boolean).join(" · ");

/** A moment in a zone, without its seconds. */
export function at(iso, zone) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  }).format(new Date(iso));
}

/** Why it is as it is: whom the mail server refused, and what else there is to say. */
export function outcome(sending) {
  const refused = Object.entries(sending.refused).map(([who, words]) => `not to ${who}: ${words}`);
  return [sending.detail, ...refused].filter(Boolean).join(" · ");
}
