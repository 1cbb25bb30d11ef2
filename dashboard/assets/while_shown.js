/*
 * Dash puts pages in and takes them out by itself: what has a part of its own in one is begun and ended with it. The page may have been
 * quicker than the script.
 */

/** Calls `start(root)` whenever an element of this selector comes, and what that returned when it goes. */
export function whileShown(selector, start) {
  let shown = null;
  let stop = null;
  const look = () => {
    const root = document.querySelector(selector);
    if (root === shown) return;
    stop?.();
    shown = root;
    stop = root && start(root);
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
}
