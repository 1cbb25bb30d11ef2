/*
 * What a number means, on hovering or focusing it: an element with `data-explain="NAME"`, or a table cell below a heading that
 * has it, shows what the page's explanations (JSON by name) say of NAME, beside itself and inside the window. One card for the page.
 */

import { element } from "./live/rows.js";

const GAP = 8;
const card = document.createElement("div");
card.className = "tip";
card.setAttribute("role", "tooltip");
card.hidden = true;
document.body.append(card);

let at = null;

function show(target) {
  const said = explanations()[nameOf(target)];
  if (!said) return;
  at = target;
  card.replaceChildren(
    element("b", "", said.title),
    element("p", "", said.meaning),
    element("code", "", said.formula),
    ...said.notes.map((note) => element("small", "", note)),
  );
  card.hidden = false;
  place(target.getBoundingClientRect());
}

function explanations() {
  return JSON.parse(document.querySelector("#explanations, [id$=-explanations]")?.textContent || "{}");
}

function place(box) {
  const left = Math.min(Math.max(GAP, box.left), innerWidth - card.offsetWidth - GAP);
  const below = box.bottom + GAP;
  const top = below + card.offsetHeight + GAP > innerHeight ? Math.max(GAP, box.top - card.offsetHeight - GAP) : below;
  card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hide() {
  at = null;
  card.hidden = true;
}

function explained(event) {
  const target = event.target.closest?.("[data-explain], td") ?? null;
  return target && nameOf(target) ? target : null;
}

function nameOf(target) {
  return target.dataset.explain ?? target.closest("table")?.tHead?.rows[0].cells[target.cellIndex]?.dataset.explain;
}

function follow(event) {
  const target = explained(event);
  if (target === at) return;
  if (target) show(target);
  else hide();
}

document.addEventListener("pointerover", follow);
document.addEventListener("focusin", follow);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
addEventListener("scroll", hide, { capture: true, passive: true });
