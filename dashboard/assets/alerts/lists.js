/* The two lists of the page: rules with what they are now, and what fired with what became of telling it. Names go in as text. */

import { place, put, shown } from "../administration/texts.js";
import { element, icon, row, setClass, setText, setTitle, syncEmpty, syncRows } from "../live/rows.js";
import { count } from "../live/format.js";
import { lasted, ruleWords, scopeWords, span, valueOf, whenOf } from "./words.js";

const RULE = { name: "name", now: "", told: "hide-small mid", acts: "acts" };
const FIRED = { raised: "", name: "name", value: "num hide-small", lasted: "num", told: "hide-small" };
const STATES = { waiting: ["pill warn", "is being sent"], sent: ["pill ok", "sent"], failed: ["pill bad", "not sent"] };

/** Draws the rules. `acts(item)`: buttons of a row, [words, what]. */
export function drawRules(root, items, { zone, names, acts }) {
  const body = root.querySelector("tbody");
  setText(root.querySelector(".count"), items.length ? count(items.length) : "");
  if (!items.length) return syncEmpty(body, Object.keys(RULE).length, "No alerts yet. One that is made is watched at once, and can be tried on any day that was heard.");
  syncRows(body, items, {
    key: ({ id }) => id,
    make: () => {
      const made = row(RULE);
      made.parts.name.append(place("alert-name"), element("span", "sub"), element("span", "sub dim"));
      made.parts.now.append(pill());
      return made;
    },
    fill: ({ parts }, item) => {
      const [name, what, where] = parts.name.children;
      put(name, item.rule.name);
      setText(what, ruleWords(item.rule));
      setText(where, shown(scopeWords(item.rule, names)));
      fillPill(parts.now.firstChild, ...stateOf(item, zone));
      setText(parts.told, toldWords(item));
      offer(parts.acts, acts(item), item.rule.name);
    },
  });
}

/** Draws what fired. */
export function drawFired(root, { items, total }, { zone, names }) {
  const body = root.querySelector("tbody");
  setText(root.querySelector(".count"), total ? count(total) : "");
  root.querySelector("#fired-more").hidden = items.length >= total;
  if (!items.length) return syncEmpty(body, Object.keys(FIRED).length, "Nothing has fired yet.");
  syncRows(body, items, {
    key: ({ alertId, raisedAt }) => `${alertId} ${raisedAt}`,
    make: () => {
      const made = row(FIRED);
      made.parts.raised.append(Object.assign(element("a"), { title: "The live page as it was then" }));
      made.parts.name.append(place("alert-name"), element("span", "sub dim"));
      return made;
    },
    fill: ({ parts }, item) => {
      setText(parts.raised.firstChild, whenOf(item.raisedAt, zone));
      parts.raised.firstChild.href = `/reports/live?at=${encodeURIComponent(item.raisedAt)}`;
      put(parts.name.firstChild, item.rule.name);
      setText(parts.name.lastChild, shown(`${ruleWords(item.rule)} · ${scopeWords(item.rule, names)}`));
      setText(parts.value, valueOf(item.rule.metric, item.value));
      const seconds = lasted(item);
      setText(parts.lasted, seconds === null ? "still raised" : span(seconds));
      setClass(parts.lasted, seconds === null ? "num bad" : "num");
      fillTold(parts.told, item, zone);
    },
  });
}

function stateOf({ isActive, firing }, zone) {
  if (firing) return ["pill bad", "warn", `Raised ${whenOf(firing.raisedAt, zone)}`];
  return isActive ? ["pill ok", "check", "Calm"] : ["pill off", "off", "Not watched"];
}

function toldWords({ webhook, mail }) {
  const host = webhook && new URL(webhook).host;
  const parts = ["Live page", ...(host ? [host] : []), ...(mail.length ? [mail.length === 1 ? mail[0] : `${mail.length} by mail`] : [])];
  return shown(parts.join(", "), 80);
}

/** A pill for each that was told, with why where it was not. */
function fillTold(cell, { deliveries, foundAt }, zone) {
  const late = foundAt ? [lateWords(foundAt, zone)] : [];
  if (!deliveries.length) {
    cell.replaceChildren(...late, ...(foundAt ? [] : [element("span", "dim", "Live page")]));
    return;
  }
  cell.replaceChildren(
    ...late,
    ...deliveries.map(({ event, kind, target, status, tries, detail }) => {
      const [className, words] = STATES[status];
      const made = element("span", className, `${kind === "mail" ? "Mail" : "Webhook"} ${event === "cleared" ? "over " : ""}${words}`);
      setTitle(made, `${shown(target, 80)}: ${words}${tries > 1 ? ` after ${tries} tries` : ""}${detail ? `, ${shown(detail, 120)}` : ""}`);
      return made;
    }),
  );
}

function lateWords(foundAt, zone) {
  const made = element("span", "pill off", "told late");
  setTitle(made, `Nobody watched then: it was found in the log on ${whenOf(foundAt, zone)}.`);
  return made;
}

function pill() {
  const made = element("span", "pill");
  made.append(icon("dot"), element("span"));
  return made;
}

function fillPill(made, className, shape, words) {
  setClass(made, className);
  setClass(made.firstChild, `icon icon-${shape}`);
  setText(made.lastChild, words);
}

/** The buttons of a row, kept while they stay: whoever stands on one must not lose it. */
function offer(cell, acts, name) {
  acts.forEach(([words, what], index) => {
    const button = cell.children[index] ?? cell.appendChild(Object.assign(element("button", "btn little"), { type: "button" }));
    setText(button, words);
    button.setAttribute("aria-label", `${words}: ${shown(name, 60)}`);
    button.onclick = what;
  });
}
