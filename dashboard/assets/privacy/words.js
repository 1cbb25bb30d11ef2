/* People's data in words. Pure. */

import { count } from "../live/format.js";
import { moment } from "../administration/texts.js";

const KINDS = [
  ["recordings", "Recordings"],
  ["notes", "Notes of agents"],
  ["contacts", "In the address book"],
  ["asked", "Dialled or tried"],
  ["events", "Events in them"],
];

/** What there is, as figures: [name, how much, what else there is to say]. */
export function figures({ found, firstAt, lastAt }, zone) {
  const span = found.calls ? [...new Set([firstAt, lastAt].map((at) => day(at, zone)))].join(" – ") : "";
  const sums = { ...found, asked: found.commands + found.dialled + found.refused };
  const sent = found.transfers ? `${count(found.transfers)} only sent on to them` : "";
  return [
    ["Calls", count(found.calls), [span, sent].filter(Boolean).join(" · ")],
    ...KINDS.map(([name, words]) => [words, count(sums[name]), ""]),
  ];
}

/** Whether there is anything at all. */
export const isAnything = ({ found }) => Object.values(found).some(Boolean);

/** Days, or for ever. */
export const kept = (days) => (days === null ? "Kept for ever" : `${count(days)} ${days === 1 ? "day" : "days"}`);

/** Who asked for an erasure. */
export const asker = (each) => (each.kind === "retention" ? "Retention" : each.askedBy ?? "Somebody");

/** Whom it is about: nobody's number is kept. */
export const whom = (each) => `${count(each.people)} ${each.people === 1 ? "person" : "people"}`;

/** A day in the zone. */
export const day = (iso, zone) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short", year: "numeric" }).format(new Date(iso));

/** A moment without its seconds. */
export const at = (iso, zone) => moment(iso, zone).replace(/:\d\d$/, "");

/** The look and the words of how an erasure stands. */
export function standing(each) {
  if (!each.isDone) return ["acc", "Being erased"];
  if (each.intact === false) return ["bad", "Certificate was changed"];
  return each.unchanged ? ["ok", "Erased, no figure changed"] : ["warn", "Erased, figures changed"];
}
