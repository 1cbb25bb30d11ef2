/*
 * The calls page: begins when the page is shown. What is asked stands in `#calls-asked` (dashboard/call_search.py), made anew of each
 * address; here it is asked of the API and shown, as a list or as one call of it. Nothing is asked each second.
 */

import { Api } from "./administration/api.js";
import { addressOf, List } from "./calls/list.js";
import { showCall } from "./calls/one.js";
import { count } from "./live/format.js";
import { element } from "./live/rows.js";

const MISSING = 404;

class Page {
  #asked = "";
  #turn = 0;

  constructor(root) {
    this.root = root;
    this.api = new Api("/api/pbx/");
    this.notice = root.querySelector("#calls-notice");
    this.one = root.querySelector("#one-call");
    this.ways = root.querySelector("#calls-ways");
    this.list = new List(root.querySelector("#calls-list"), this.api, (words, again) => this.#say(words, again));
    root.addEventListener("click", (event) => this.#go(event));
  }

  /** Shows what the address asks for, if that is something else than before. */
  look() {
    const text = this.root.querySelector("#calls-asked")?.textContent;
    if (!text || text === this.#asked) return;
    this.#asked = text;
    const about = JSON.parse(text);
    this.#say("");
    const isOne = Boolean(about.call);
    for (const each of [this.root.querySelector("#calls-filters"), this.root.querySelector("#calls-list")]) each.hidden = isOne;
    this.one.hidden = !isOne;
    this.ways.replaceChildren();
    if (isOne) this.#showOne(about);
    else this.list.show(about);
  }

  async #showOne(about) {
    const turn = (this.#turn += 1);
    this.one.setAttribute("aria-busy", "true");
    if (!this.one.children.length) this.one.replaceChildren(waiting());
    this.#lead(about, turn);
    try {
      await showCall(this.one, about.call, { api: this.api, zone: about.zone, list: about.list });
      if (turn === this.#turn) this.one.removeAttribute("aria-busy");
      this.root.classList.remove("waiting");
      scrollTo(0, 0);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.one.replaceChildren();
      this.#say(error.status === MISSING ? "There is no such call, or you may not see it." : error.message, () => this.#showOne(about));
    }
  }

  /** Back to the list, to the calls beside this one, and the address to be sent. */
  async #lead(about, turn) {
    const known = this.list.total === null ? "Back to the list" : `Back to ${count(this.list.total)} ${about.show ? about.words : "calls"}`;
    const copy = Object.assign(element("button", "btn hide-small", "Copy link"), { type: "button" });
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(location.href);
      copy.textContent = "Copied";
    });
    const [newer, older] = [way("Newer"), way("Older")];
    this.ways.replaceChildren(inside(`${known}, ${about.range.replace(/^(Today|Yesterday)/, (word) => word.toLowerCase())}`, about.list), newer, older, copy);
    const { before, after } = await this.list.neighbours(about).catch(() => ({}));
    if (turn !== this.#turn) return;
    for (const [link, item] of [[newer, before], [older, after]]) {
      if (item?.isKnown) link.href = addressOf(item, about);
      else link.setAttribute("aria-disabled", "true");
    }
  }

  #say(words, again) {
    const said = [element("span", "", words)];
    if (again) {
      const button = Object.assign(element("button", "btn little", "Try again"), { type: "button" });
      button.addEventListener("click", () => {
        this.#say("");
        again();
      });
      said.push(element("span", "grow"), button);
    }
    this.notice.hidden = !words;
    this.notice.replaceChildren(...said);
  }

  /** Links to another view of this page change the address alone. */
  #go(event) {
    const link = event.target.closest?.("a[data-inside]");
    if (!link?.href || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    window.dash_clientside.set_props("calls-address", { search: new URL(link.href).search });
  }
}

function inside(words, href) {
  const link = element("a", "btn", words);
  link.href = href;
  link.dataset.inside = "";
  return link;
}

function way(words) {
  const link = element("a", "btn", words);
  link.dataset.inside = "";
  return link;
}

function waiting() {
  const made = element("section", "card one-head");
  made.append(element("p", "mid", "Loading…"));
  return made;
}

let page = null;

// Dash puts pages in and takes them out by itself: follow it. It may have been quicker than this file.
function follow() {
  const root = document.querySelector("#calls");
  if (root !== (page?.root ?? null)) page = root && new Page(root);
  page?.look();
}

new MutationObserver(follow).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
follow();
