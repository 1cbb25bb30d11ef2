/*
 * Sets the theme before the first pixel: the reader's own choice if there is one, else what the system prefers.
 * A plain script in the head, because a module would run too late and the page would flash.
 */
(() => {
  const KEY = "trunkline.theme";
  const KEPT_S = 365 * 24 * 3600;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : null;
  };

  function show() {
    const theme = chosen() ?? (prefersDark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    // The server draws charts in a page's first answer.
    document.cookie = `trunkline-theme=${theme}; Path=/reports; SameSite=Lax; Max-Age=${KEPT_S}${location.protocol === "https:" ? "; Secure" : ""}`;
    // Charts are drawn from the same tokens, on the server, so they must be told.
    const page = document.querySelector("[data-page]:has(.dash-graph)")?.dataset.page;
    if (page) window.dash_clientside.set_props(`${page}-theme`, { data: theme });
  }

  // Each page asks this once, before its first chart is drawn (dashboard/shell.py), unless the server knew.
  const theme = (_, known) => {
    const shown = document.documentElement.dataset.theme;
    return known === shown ? window.dash_clientside.no_update : shown;
  };
  window.dash_clientside = { trunkline: { theme } };

  prefersDark.addEventListener("change", show);
  addEventListener("storage", (event) => event.key === KEY && show());
  window.trunklineTheme = {
    toggle() {
      localStorage.setItem(KEY, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      show();
    },
  };
  show();

  // What is drawn in the theme is asked for as soon as the server can know it, and long before Dash does.
  const { ask } = document.currentScript.dataset;
  if (ask) document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: ask }));
})();
