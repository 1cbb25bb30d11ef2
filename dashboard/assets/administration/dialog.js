/*
 * A form over the page, and a question before something that hurts. The browser's own dialog keeps the keyboard inside and
 * gives it back afterwards. Only one that was saved closes by itself; while it saves, nothing can be changed or sent twice.
 */

import { element } from "../live/rows.js";
import { field } from "./fields.js";

/**
 * Opens a form. `send(values)` saves; what it throws is shown, at the field that is meant, or above all. `more`: further buttons,
 * [words, what to do], which close the form first. Returns what `send` returned, or null when the form was left.
 */
export function openForm({ title, note = "", fields = [], save = "Save", danger = false, more = [], send }) {
  const dialog = element("dialog", "form");
  const form = Object.assign(element("form"), { noValidate: true });
  const heading = Object.assign(element("h2", "", title), { id: "form-title" });
  const notice = Object.assign(element("p", "notice bad"), { hidden: true });
  notice.setAttribute("role", "alert");
  const set = element("fieldset");
  const made = fields.map(field);
  set.append(...grouped(made));
  follow(made);
  const saving = Object.assign(element("button", danger ? "btn danger" : "btn primary", save), { type: "submit" });
  dialog.setAttribute("aria-labelledby", heading.id);
  form.append(heading, ...(note ? [element("p", "mid", note)] : []), notice, set);
  dialog.append(form);
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answer = null;
    let after = null;
    const then = (what) => {
      after = what;
      dialog.close();
    };
    form.append(footer(more, then, dialog, saving));
    const busy = (on) => {
      for (const each of [set, ...form.querySelectorAll("footer button")]) each.disabled = on;
      saving.textContent = on ? "Saving…" : save;
      form.setAttribute("aria-busy", String(on));
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      notice.hidden = true;
      if (!valid(made)) return;
      busy(true);
      try {
        answer = (await send(values(made))) ?? true;
        dialog.close();
      } catch (error) {
        busy(false);
        tell(error, made, notice);
      }
    });
    dialog.addEventListener("close", () => {
      // What was typed goes with it: a password must not stay in the page.
      dialog.remove();
      resolve(answer);
      after?.();
    });
    dialog.showModal();
    made.find((each) => !each.off)?.control.focus();
  });
}

/** Asks before something that hurts, and does it. */
export const confirm = (title, note, save, send) => openForm({ title, note, save, danger: true, send });

/** Closes what is open: its page is gone. */
export function closeForms() {
  for (const dialog of document.querySelectorAll("dialog.form[open]")) dialog.close();
}

/** Fields under their headings, in the order in which each heading comes first. */
function grouped(made) {
  const groups = new Map();
  return made.flatMap(({ group, node }) => {
    if (!group) return [node];
    const known = groups.get(group);
    if (known) {
      known.append(node);
      return [];
    }
    const box = element("fieldset", "group");
    box.append(element("legend", "", group), node);
    groups.set(group, box);
    return [box];
  });
}

/** Shows what hangs on a check only while that is set. */
function follow(made) {
  for (const each of made.filter(({ when }) => when)) {
    const on = made.find(({ name }) => name === each.when).control;
    const show = () => {
      each.node.hidden = !on.checked;
      // The browser judges nothing that is disabled.
      each.control.disabled = each.off || !on.checked;
    };
    on.addEventListener("input", show);
    show();
  }
}

function footer(more, then, dialog, saving) {
  const foot = element("footer");
  const button = (words, what) => {
    const each = Object.assign(element("button", "btn", words), { type: "button" });
    each.addEventListener("click", what);
    return each;
  };
  const extra = element("div", "more");
  extra.append(...more.map(([words, what]) => button(words, () => then(what))));
  foot.append(extra, button("Cancel", () => dialog.close()), saving);
  return foot;
}

function values(made) {
  return Object.fromEntries(made.filter((each) => !each.off).map((each) => [each.name, each.read()]));
}

/** Says at each field what the browser already knows to be wrong; whether there is nothing. */
function valid(made) {
  for (const each of made) each.wrong(each.fault());
  const first = made.find((each) => each.fault());
  first?.control.focus();
  return !first;
}

function tell(error, made, notice) {
  const meant = made.filter((each) => error.fields?.[each.name]);
  for (const each of meant) each.wrong(error.fields[each.name]);
  notice.hidden = meant.length > 0;
  notice.textContent = meant.length ? "" : error.message;
  (meant[0] ?? made.find((each) => !each.off))?.control.focus();
}
