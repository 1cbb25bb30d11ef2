/* Dispositions: what an agent may say of a call when it is over. */

import { element, icon, setClass, setText } from "../live/rows.js";
import { confirm, openForm } from "./dialog.js";
import { place, put, shown } from "./texts.js";

const TITLE = { name: "title", label: "Title", required: true, max: 200, hint: "What agents read, such as “Call back later”." };

export const dispositions = {
  load: (desk) => desk.api.get("dispositions"),
  columns: { title: "name", code: "mid", offered: "hide-small", acts: "acts" },
  nothing: "No dispositions yet: “New disposition” makes one, and agents choose from it after a call.",
  key: (each) => each.code,
  title: (each) => shown(each.title, 60),
  words: (each) => [each.title, each.code],
  make({ title, code, offered }) {
    title.append(place(), element("span", "pbx only-small"));
    code.append(place());
    const pill = element("span", "pill");
    pill.append(icon("dot"), element("span"));
    offered.append(pill);
  },
  fill({ title, code, offered }, each) {
    put(title.firstChild, each.title);
    setText(title.lastChild, each.isActive ? "" : "not offered");
    put(code.firstChild, each.code);
    setClass(offered.firstChild, each.isActive ? "pill ok" : "pill");
    setClass(offered.firstChild.firstChild, `icon icon-${each.isActive ? "check" : "off"}`);
    setText(offered.firstChild.lastChild, each.isActive ? "Yes" : "Not any more");
  },
  acts: (each, desk) => [["Edit", () => edit(each, desk)]],
  add,
};

async function add(desk) {
  const code = { name: "code", label: "Code", required: true, max: 40, pattern: "[A-Z0-9_]+", hint: "A-Z, 0-9 and _, such as CALL_BACK: what calls and reports carry. It stays as it is." };
  const send = (values) => desk.api.add("dispositions", values);
  if (await openForm({ title: "New disposition", fields: [TITLE, code], send })) desk.changed("Agents can choose it now.", "dispositions");
}

async function edit(each, desk) {
  const send = (values) => desk.api.change(`dispositions/${desk.piece(each.code)}`, values);
  const offered = { name: "isActive", label: "Agents may choose it", kind: "check", value: each.isActive };
  const fields = [{ ...TITLE, value: each.title }, offered];
  const note = `Code ${shown(each.code, 60)}: calls that carry it show the new title.`;
  const more = [["Remove…", () => remove(each, desk)]];
  if (await openForm({ title: shown(each.title, 60), note, fields, more, send })) desk.changed("The disposition is saved.", "dispositions");
}

async function remove(each, desk) {
  const note = "Only one that no call carries can be removed; let agents no longer choose the others (Edit).";
  const send = () => desk.api.remove(`dispositions/${desk.piece(each.code)}`);
  const done = await confirm(`Remove ${shown(each.title, 60)}?`, note, "Remove", send);
  if (done) desk.changed("The disposition is removed.", "dispositions");
}
