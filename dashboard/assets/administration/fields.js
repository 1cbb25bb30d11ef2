/*
 * Fields of a form: a label, the control, a hint, and below it what is wrong. What each holds is named as on the wire, so that
 * what the server says of a field is shown at that field.
 *
 * A field: {name, label, kind, value, hint, unit, required, max and least (letters), pattern, min, most, step,
 * options: [[value, words]], scale, off, group, when}.
 * `kind`: text (default), password, number, choice, several (a list of options), check. `scale`: shown times this, as percent is of a ratio. `off`: only shown.
 * `group`: the heading it stands under, with others of the same one. `when`: the name of a check without which it is neither shown nor judged.
 * `pattern` is told by the hint. What nobody touched is read as it was given; a number that was emptied is null.
 */

import { element } from "../live/rows.js";
import { shown } from "./texts.js";

const MAKERS = { choice: select, several, check, text: input, password: input, number: input };

let made = 0;

/** The field as elements. `node`: what goes into the form; `read()`: the value as sent; `wrong(words)`: say what is wrong, "" for nothing. */
export function field(said) {
  const id = `field-${(made += 1)}`;
  const control = MAKERS[said.kind ?? "text"](said);
  const hint = Object.assign(element("small", "dim", said.hint ?? ""), { id: `${id}-hint` });
  const first = held(control);
  const error = Object.assign(element("small", "wrong"), { id: `${id}-wrong` });
  Object.assign(control, { id, name: said.name, disabled: Boolean(said.off) });
  control.setAttribute("aria-describedby", `${hint.id} ${error.id}`);
  const wrong = (words) => {
    error.textContent = words;
    control.setAttribute("aria-invalid", String(Boolean(words)));
  };
  control.addEventListener("input", () => wrong(""));
  return {
    name: said.name, control, wrong, off: Boolean(said.off), group: said.group, when: said.when, node: node(said, control, hint, error),
    read: () => (held(control) === first ? said.value : read(said, control)),
    // The browser's words for a pattern name none. What is disabled is nobody's business.
    fault: () => (control.disabled ? "" : control.validity.patternMismatch ? said.hint : control.validationMessage),
  };
}

const held = (control) => (control.multiple ? chosen(control).join("\n") : control.type === "checkbox" ? control.checked : control.value);
const chosen = (control) => [...control.selectedOptions].map(({ value }) => value);

function node(said, control, hint, error) {
  const box = element("div", `row ${said.kind ?? "text"}`);
  const label = element("label", "", said.label);
  label.htmlFor = control.id;
  const line = element("div", "control");
  line.append(control);
  if (said.unit) line.append(element("span", "dim", said.unit));
  if (said.kind === "check") line.append(label);
  else box.append(label);
  box.append(line, hint, error);
  return box;
}

function read({ kind, scale = 1 }, control) {
  if (kind === "check") return control.checked;
  if (kind === "several") return chosen(control);
  if (kind === "choice") return control.value || null;
  if (kind === "password") return control.value;
  // Thousandths of what is shown are more than anybody means; without rounding 83 % would be 0.8300000000000001.
  if (kind === "number") return control.value === "" ? null : Math.round((Number(control.value) / scale) * 1e6) / 1e6;
  return control.value.trim();
}

function input({ kind = "text", value, scale = 1, required, max, least, pattern, min, most, step }) {
  const control = element("input");
  control.type = kind;
  control.required = Boolean(required);
  control.autocomplete = kind === "password" ? "new-password" : "off";
  control.spellcheck = false;
  if (max) control.maxLength = max;
  if (least) control.minLength = least;
  if (pattern) control.pattern = pattern;
  if (kind === "number") Object.assign(control, { min: min ?? "", max: most ?? "", step: step ?? 1, inputMode: "decimal" });
  control.value = kind === "number" && value !== null && value !== undefined ? Math.round(value * scale * 1e6) / 1e6 : (value ?? "");
  return control;
}

function select({ value, options, required }) {
  const control = element("select");
  control.required = Boolean(required);
  control.append(...options.map(([each, words]) => Object.assign(element("option", "", shown(words, 60)), { value: each })));
  control.value = value ?? "";
  return control;
}

function several({ value, options, required }) {
  const control = element("select");
  Object.assign(control, { multiple: true, required: Boolean(required), size: Math.min(7, Math.max(2, options.length)) });
  control.append(...options.map(([each, words]) => Object.assign(element("option", "", shown(words, 60)), { value: each, selected: value.includes(each) })));
  return control;
}

function check({ value }) {
  return Object.assign(element("input"), { type: "checkbox", checked: Boolean(value) });
}
