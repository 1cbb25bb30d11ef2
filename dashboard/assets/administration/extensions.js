/* Extensions: who is reached at which telephone. What the PBX has seen and nobody is mapped to stands first, marked. */

import { element, icon } from "../live/rows.js";
import { confirm, openForm } from "./dialog.js";
import { place, put, shown } from "./texts.js";

// As api/admin/words.py has them.
const PBX = { name: "pbx", label: "PBX", required: true, max: 100, pattern: "[\\w.\\-]+", hint: "Its systemname, as asterisk.conf has it." };
const INTERFACE = {
  name: "interface", label: "Interface", required: true, least: 3, max: 100, pattern: "[A-Za-z0-9]+/[\\w.@\\/+\\-]+",
  hint: "Where the PBX reaches it, such as PJSIP/1001.",
};
const EXTENSION = {
  name: "extension", label: "Extension", required: true, max: 40, pattern: "[\\w.+*#\\-]+",
  hint: "What the user may sign in with, beside the own password. The telephone's secret is another matter.",
};

export const extensions = {
  load,
  columns: { user: "name", extension: "", interface: "mid hide-small", pbx: "mid hide-small", acts: "acts" },
  nothing: "No extensions yet: one appears here as soon as an agent joins a queue on the PBX.",
  key: (each) => each.id ?? `${each.pbx} ${each.interface}`,
  title: (each) => shown(each.extension || each.interface, 60),
  words: (each) => [each.name, each.username, each.extension, each.interface, each.pbx],
  make({ user, extension, interface: reached, pbx }) {
    const pill = element("span", "pill warn");
    pill.append(icon("warn"), element("span", "", "Nobody yet"));
    user.append(place(), pill);
    for (const cell of [extension, reached, pbx]) cell.append(place());
  },
  fill({ user, extension, interface: reached, pbx }, each) {
    user.firstChild.hidden = !each.id;
    user.lastChild.hidden = Boolean(each.id);
    put(user.firstChild, each.name);
    put(extension.firstChild, each.extension);
    put(reached.firstChild, each.interface);
    put(pbx.firstChild, each.pbx);
  },
  acts: (each, desk) => [each.id ? ["Edit", () => edit(each, desk)] : ["Map to a user", () => map(each, desk)]],
  add: (desk) => map(null, desk),
};

/** What is mapped, after what was seen and is not. */
async function load(desk) {
  const [seen, mapped] = await Promise.all([desk.api.get("extensions/seen"), desk.api.all("extensions")]);
  const items = [...seen.items.map((each) => ({ ...each, id: null })), ...mapped.items];
  return { items, total: items.length };
}

/** Gives a telephone to a user: one that was seen, or (null) one that no PBX has told of yet. */
async function map(seen, desk) {
  const where = seen ? [] : [PBX, INTERFACE];
  const fields = [...where, { ...EXTENSION, value: seen?.extension }, await userField(desk, "")];
  const told = seen ? { pbx: seen.pbx, interface: seen.interface } : {};
  const done = await openForm({
    title: seen ? `Extension ${shown(seen.extension, 60)}` : "New extension",
    note: seen ? whereabouts(seen) : "For a telephone that no PBX has told of yet; others are in the list by themselves.",
    fields,
    save: "Map",
    send: (values) => desk.api.add("extensions", { ...told, ...values }),
  });
  if (done) desk.changed("The extension is mapped.", "extensions");
}

async function edit(each, desk) {
  const done = await openForm({
    title: `Extension ${shown(each.extension, 60)}`,
    note: whereabouts(each),
    fields: [{ ...EXTENSION, value: each.extension }, await userField(desk, each.userId)],
    more: [["Remove…", () => remove(each, desk)]],
    send: (values) => desk.api.change(path(each, desk), values),
  });
  if (done) desk.changed("The extension is saved.", "extensions");
}

async function remove(each, desk) {
  const note = "Calls from now on carry the interface instead of a name; what was is kept. The telephone itself is not touched.";
  const send = () => desk.api.remove(path(each, desk));
  const done = await confirm(`Take extension ${shown(each.extension, 60)} from ${shown(each.name, 60)}?`, note, "Remove", send);
  if (done) desk.changed("The extension is nobody's now.", "extensions");
}

const path = (each, desk) => `extensions/${desk.piece(each.id)}`;
const whereabouts = (each) => `${shown(each.interface, 60)} on ${shown(each.pbx, 60)}. Calls from now on carry the user's name.`;

/** Who it may be: users who may sign in. */
async function userField(desk, chosen) {
  const people = await desk.people();
  const options = people.map((user) => [user.id, `${shown(user.name, 40)} (${shown(user.username, 20)})`]);
  return {
    name: "userId", label: "User", kind: "choice", value: chosen, required: true, options: [["", "Choose a user"], ...options],
    hint: people.length ? "" : "No user may sign in yet: make one under Users first.",
  };
}
