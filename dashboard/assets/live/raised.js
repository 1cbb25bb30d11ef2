/*
 * What alerts have raised, above the tables of the live page until it is over. What is raised is asked for when the feed opens; from there on
 * the feed tells. Nothing of it is shown with the past.
 */

import { METRICS, valueOf } from "../alerts/words.js";
import { timeOfDay } from "./format.js";
import { element, setText } from "./rows.js";

const ADDRESS = "/api/alerts/fired?open=true";
// More than anybody reads at once.
const MOST = 4;

/** Shows it under `root`. Returns `{hear(message), ask(), view}`; `changed` is called when an answer has come. */
export function raised(root, changed) {
  const zone = root.dataset.timezone;
  const target = root.querySelector("#live-alerts");
  let known = new Map();
  let drawn = "";

  const hear = ({ event, data }) => {
    if (event === "alert:raised") known.set(data.alertId, data);
    else if (event === "alert:cleared" && known.get(data.alertId)?.raisedAt <= data.raisedAt) known.delete(data.alertId);
  };

  const ask = async () => {
    const answer = await fetch(ADDRESS, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const { items } = await answer.json();
    known = new Map(
      items.map(({ alertId, rule, raisedAt, value }) => [alertId, { alertId, name: rule.name, metric: rule.metric, value, raisedAt: Date.parse(raisedAt) }]),
    );
    changed();
  };

  const view = (_, link) => {
    const all = link.past ? [] : [...known.values()].sort((a, b) => b.raisedAt - a.raisedAt);
    const key = JSON.stringify(all);
    if (key === drawn) return;
    drawn = key;
    target.hidden = !all.length;
    target.replaceChildren(...all.slice(0, MOST).map(line), ...(all.length > MOST ? [element("span", "", `and ${all.length - MOST} more`)] : []));
    if (all.length) target.append(Object.assign(element("a", "", "Alerts"), { href: "/reports/alerts" }));
  };

  function line({ name, metric, value, raisedAt }) {
    const made = element("span");
    const words = METRICS[metric]?.words.toLowerCase() ?? metric;
    made.append(element("b"), `: ${words} ${valueOf(metric, value)} at ${timeOfDay(raisedAt, zone)}`);
    setText(made.firstChild, name);
    return made;
  }

  return { hear, ask, view };
}
