/* Queues: their names, and what callers are promised. Which queues there are, the PBX says. */

import { percent } from "../live/format.js";
import { element, setText } from "../live/rows.js";
import { openForm } from "./dialog.js";
import { place, put, shown } from "./texts.js";

const SECONDS = { kind: "number", unit: "seconds", min: 0, most: 86400, step: "any" };

export const queues = {
  load: (desk) => desk.api.get("queues"),
  columns: { name: "name", pbx: "mid hide-small", level: "", short: "num hide-small", wrapup: "num hide-small", acts: "acts" },
  nothing: "No queues yet: a queue appears here as soon as a PBX tells of it.",
  key: (queue) => queue.id,
  title: (queue) => shown(queue.name, 60),
  words: (queue) => [queue.name, queue.queueId, queue.pbx],
  make({ name, pbx }) {
    name.append(place(), element("span", "pbx"));
    pbx.append(place());
  },
  fill({ name, pbx, level, short, wrapup }, queue) {
    put(name.firstChild, queue.name);
    setText(name.lastChild, queue.name === queue.queueId ? "" : shown(queue.queueId, 40));
    put(pbx.firstChild, queue.pbx);
    setText(level, `${percent(queue.target, 0)} in ${queue.serviceLevelSeconds} s`);
    setText(short, `${queue.shortAbandonSeconds} s`);
    setText(wrapup, `${queue.wrapUpSeconds} s`);
  },
  acts: (queue, desk) => [["Edit", () => edit(queue, desk)]],
};

async function edit(queue, desk) {
  const tenants = desk.isOperator ? desk.tenants.map((tenant) => [tenant.id, tenant.name]) : [];
  // The settings file may name a tenant that nobody made.
  if (tenants.length && !tenants.some(([id]) => id === queue.tenant)) tenants.unshift([queue.tenant, queue.tenant]);
  const fields = [
    { name: "name", label: "Display name", value: queue.name, required: true, max: 200 },
    ...(tenants.length ? [{ name: "tenant", label: "Tenant", kind: "choice", value: queue.tenant, required: true, options: tenants }] : []),
    { ...SECONDS, name: "serviceLevelSeconds", label: "Service level: answered within", value: queue.serviceLevelSeconds },
    { name: "target", label: "Target: that share of callers", kind: "number", unit: "%", scale: 100, value: queue.target, min: 0, most: 100, step: "any" },
    {
      ...SECONDS, name: "shortAbandonSeconds", label: "Short abandon: hung up within", value: queue.shortAbandonSeconds,
      hint: "Those callers can be left out of the service level.",
    },
    {
      ...SECONDS, name: "wrapUpSeconds", label: "Wrap-up after a call", value: queue.wrapUpSeconds,
      hint: "As wrapuptime in queues.conf: no event tells it.",
    },
  ];
  const note = `Queue ${shown(queue.queueId, 60)} on ${shown(queue.pbx, 60)}. New values hold for calls from now on; an empty one is the default again.`;
  // Only what was changed: the rest goes on following the settings file or the default.
  const difference = (values) => Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== queue[name]));
  const send = (values) => desk.api.change(`queues/${desk.piece(queue.id)}`, difference(values));
  if (await openForm({ title: shown(queue.name, 60), note, fields, send })) desk.changed("The queue is saved.", "queues");
}
