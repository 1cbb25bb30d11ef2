/*
 * Notes in the browser's own timeline when a page shows its first figures, for whoever measures: a mark `useful`, whose detail is the
 * path. A page is `waiting` until then.
 */

let shown = null;

function look() {
  const page = document.querySelector("#page > *");
  if (!page || page === shown || page.classList.contains("waiting")) return;
  shown = page;
  // The frame in which it is drawn begins; what is posted then comes when that is done.
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => performance.mark("useful", { detail: location.pathname });
    port2.postMessage(null);
  });
}

new MutationObserver(look).observe(document.documentElement, { attributes: true, attributeFilter: ["class"], childList: true, subtree: true });
