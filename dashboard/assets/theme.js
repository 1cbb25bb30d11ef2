/*
 * Sets the theme before the first pixel: the reader's own choice if there is one, else what the system prefers.
 * A plain script in the head, because a module would run too late and the page would flash.
 */
(() => {
  const KEY = "trunkline.theme";
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : null;
  };

  function show() {
    const theme = chosen() ?? (prefersDark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    // Charts are drawn from the same tokens, on the server, so they must be told.
    const page = document.querySelector("[data-page]:has(.dash-graph)")?.dataset.page;
    if (page) window.dash_clientside.set_props(`${page}-theme`, { data: theme });
  }

  // Each page asks this once, before its first chart is drawn (dashboard/shell.py).
  window.dash_clientside = { trunkline: { theme: () => document.documentElement.dataset.theme } };

  prefersDark.addEventListener("change", show);
  addEventListener("storage", (event) => event.key === KEY && show());
  window.trunklineTheme = {
    toggle() {
      localStorage.setItem(KEY, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      show();
    },
  };
  show();
})();
