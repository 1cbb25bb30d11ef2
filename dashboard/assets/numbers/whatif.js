/* A slider of agents more or fewer (dashboard/staffing_cards.py): the server has reckoned each, so that moving it asks nobody. */

import { element } from "../live/rows.js";

export function drawWhatIf() {
  const box = document.querySelector("#whatif");
  const text = document.querySelector("#whatif-data")?.textContent;
  if (!box || !text || box.dataset.drawn === text) return;
  box.dataset.drawn = text;
  const said = JSON.parse(text);
  const steps = Object.keys(said).map(Number).sort((a, b) => a - b);
  if (!steps.length) {
    box.replaceChildren();
    return;
  }
  const slider = Object.assign(element("input"), { type: "range", min: steps[0], max: steps.at(-1), step: 1 });
  // What was chosen stays chosen when the figures come anew.
  slider.value = box.dataset.more ?? 0;
  slider.setAttribute("aria-label", "Agents more or fewer in every interval");
  const show = () => {
    box.dataset.more = slider.value;
    const [words, level, levelClass, ...rest] = said[slider.value];
    slider.setAttribute("aria-valuetext", words);
    const cells = document.querySelectorAll("#whatif-said dd");
    [words, level, ...rest].forEach((value, i) => { cells[i].textContent = value; });
    cells[1].className = levelClass;
  };
  slider.addEventListener("input", show);
  box.replaceChildren(slider);
  show();
}
