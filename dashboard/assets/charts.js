/*
 * Charts wait for figures: what draws them takes a tenth of a second of the browser's time to be read and another one to draw, and
 * the figures beside them say more. A part of Dash's own script (dashboard/dash_script.py): before it asks for Plotly it looks
 * whether `window.Plotly` is there, and waits for what that promises. Plotly itself then takes the name.
 */
(() => {
  // Figures that fail, or are late, hold up no chart.
  const LONGEST_MS = 1_500;
  let loading = null;

  const figures = () =>
    new Promise((go) => {
      const watcher = new PerformanceObserver((list) => {
        if (list.getEntriesByName("useful").length) go();
      });
      watcher.observe({ type: "mark", buffered: true });
      setTimeout(go, LONGEST_MS);
    });

  const load = () =>
    new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: window._dashPlotlyJSURL, async: true });
      script.addEventListener("load", () => done());
      script.addEventListener("error", () => failed(new Error("The charts' library did not load.")));
      document.body.append(script);
    });

  // Only a page with a chart asks.
  window.Plotly = {
    then(done, failed) {
      loading ??= figures().then(load);
      loading.then(done, failed);
    },
  };
})();
