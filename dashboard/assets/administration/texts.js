/* Names and times as this page shows them. Names come from people and PBXs: they go in as text, isolated, and cut. Pure but for elements. */

import { element, setText, setTitle } from "../live/rows.js";

// As much of a name as anybody reads; a cell cuts sooner, at its edge.
const LETTERS = 200;
const NOTHING = "–";

/** As much of a text as may be shown. */
export function shown(text, letters = LETTERS) {
  const whole = String(text ?? "");
  return whole.length > letters ? `${whole.slice(0, letters)}…` : whole;
}

/** A place for a name: cut at the edge of its cell, and writing from right to left stays inside. */
export const place = (className = "") => element("bdi", `cut ${className}`.trim());

/** Puts a name into its place. */
export function put(target, text) {
  setText(target, shown(text) || NOTHING);
  setTitle(target, shown(text));
}

/** A moment, ISO 8601, as date and time in a zone. */
export function moment(iso, zone) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).format(new Date(iso));
}
