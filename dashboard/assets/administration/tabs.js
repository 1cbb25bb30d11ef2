/* The tabs: one section at a time, by click, arrow keys, Home and End; the address keeps which (#queues). */

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Follows the tabs under `root`; `onShown(name)` is told each section that comes to be seen. Returns what shows one by name. */
export function tabs(root, onShown) {
  const all = () => [...root.querySelectorAll("[role=tab]")].filter((tab) => !tab.hidden);

  const show = (tab) => {
    for (const each of root.querySelectorAll("[role=tab]")) {
      const on = each === tab;
      each.setAttribute("aria-selected", String(on));
      each.tabIndex = on ? 0 : -1;
      root.querySelector(`#${each.getAttribute("aria-controls")}`).hidden = !on;
    }
    history.replaceState(history.state, "", `#${tab.dataset.section}`);
    onShown(tab.dataset.section);
  };

  root.querySelector("[role=tablist]").addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) show(tab);
  });
  root.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const there = all();
    const at = there.indexOf(event.target);
    const to = { Home: 0, End: there.length - 1 }[event.key] ?? at + (STEPS[event.key] ?? NaN);
    const tab = there.at(to % there.length);
    if (Number.isNaN(to) || !tab) return;
    event.preventDefault();
    tab.focus();
    show(tab);
  });

  return (name) => show(all().find((tab) => tab.dataset.section === name) ?? all()[0]);
}
