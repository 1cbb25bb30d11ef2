/* A queue's limits, changed where they are seen: a button in its row for managers, and a form. */

import { openForm } from "../administration/dialog.js";
import { WAIT_LIMITS, said, setLimits } from "./limits.js";
import { element, icon } from "./rows.js";

const SECONDS = { kind: "number", unit: "seconds", min: 0, most: 86400, step: "any" };
const CALLERS = { kind: "number", unit: "callers", min: 0, most: 100000 };

/** The button of a row; whose it is, its data say. */
export function limitsButton() {
  const button = element("button", "quiet limits hide-wall");
  button.type = "button";
  button.title = "Limits of this queue";
  button.append(icon("limits"));
  return button;
}

/** Open the form when a row's button is clicked; `changed` is called when new limits hold. */
export function limitForms(body, changed) {
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.limits");
    if (button) edit(button.dataset.pbx, button.dataset.queue, button.closest("td").title, changed);
  });
}

async function edit(pbx, queue, title, changed) {
  const now = said(pbx, queue);
  const fields = [
    { ...SECONDS, name: "waitAmberSeconds", label: "Longest wait: amber past", value: now.waitAmberSeconds, hint: `Empty: ${WAIT_LIMITS[0]} s.` },
    { ...SECONDS, name: "waitRedSeconds", label: "Longest wait: red past", value: now.waitRedSeconds, hint: `Empty: ${WAIT_LIMITS[1]} s.` },
    { ...CALLERS, name: "waitingAmber", label: "Callers waiting: amber past", value: now.waitingAmber, hint: "Empty: never." },
    { ...CALLERS, name: "waitingRed", label: "Callers waiting: red past", value: now.waitingRed, hint: "Empty: never." },
    {
      name: "levelRed", label: "Service level: red below", kind: "number", unit: "%", scale: 100, value: now.levelRed, min: 0, most: 100, step: "any",
      hint: "Amber below the queue's target. Empty: never red.",
    },
  ];
  const note = "When the wallboard turns amber and red for this queue, for everybody. What is counted stays as it is.";
  const send = (values) => setLimits(pbx, queue, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null])));
  if (await openForm({ title: `Limits of ${title}`, note, fields, send })) changed();
}
