/*
 * Supervision from the grid of agents: hear a call on one's own phone page, whisper to its agent, speak to both. The server
 * rings that page, which answers by itself; who listened to whom is in the audit log. Only what can be heard has a button.
 */

import { element, icon, setTitle } from "./rows.js";

const MODES = { listen: "Listen", whisper: "Whisper to the agent", barge: "Speak to both" };
const HEARD = new Set(["on_call", "on_hold"]);

/** The button of a row; `fillSupervise` says whose call it is for. */
export function superviseButton() {
  const button = element("button", "quiet supervise hide-wall");
  button.append(icon("listen"));
  button.hidden = true;
  return button;
}

/** Show the button where there is a call to hear. */
export function fillSupervise(button, { state, call, name }) {
  button.hidden = !call || !HEARD.has(state);
  button.dataset.call = call?.callId ?? "";
  button.dataset.name = name;
  setTitle(button, `Listen to ${name}`);
  button.setAttribute("aria-label", `Listen to ${name}`);
}

/** Open the choice of modes when a row's button is clicked. */
export function supervision(body) {
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.supervise");
    if (button) open(button.dataset.call, button.dataset.name);
  });
}

function open(call, name) {
  const box = element("dialog", "keys");
  const title = element("h2", "", name);
  title.id = "supervise-title";
  box.setAttribute("aria-labelledby", title.id);
  const said = element("p", "mid small", "Your own phone page rings and answers by itself.");
  said.setAttribute("role", "status");
  const choices = element("div", "choices");
  choices.append(...Object.entries(MODES).map(([mode, text]) => choice(text, () => ask("POST", call, { mode }, said))));
  choices.append(choice("Stop listening", () => ask("DELETE", call, null, said)), choice("Close", () => box.close()));
  box.append(title, choices, said);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function choice(text, act) {
  const button = element("button", "btn", text);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

async function ask(method, call, body, said) {
  const sent = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
  const answer = await fetch(`/api/pbx/calls/${encodeURIComponent(call)}/supervise`, { method, ...sent }).catch(() => null);
  const problem = answer?.ok ? null : await answer?.json().catch(() => null);
  said.textContent = answer?.ok ? "Asked for." : (problem?.detail ?? "The server does not answer. Try again in a moment.");
}
