/* An agent may ask as well: whose data is chosen from a list, and all of it taken away. Without agents there is nothing to choose. */

import { Api } from "../administration/api.js";
import { shown } from "../administration/texts.js";
import { element, setText } from "../live/rows.js";
import { download } from "./download.js";

export class Agent {
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.form = root.querySelector("#agent-form");
    this.choice = Object.assign(element("select"), { id: "agent-choice", required: true });
    const label = Object.assign(element("label", "", "Or an agent"), { htmlFor: this.choice.id });
    const button = Object.assign(element("button", "btn", "Take everything away (ZIP)"), { type: "submit" });
    const hint = Object.assign(element("small", "dim", "States, calls without callers, sign-ins and what the audit log holds. Agents are not erased here."), { id: "agent-hint" });
    this.choice.setAttribute("aria-describedby", hint.id);
    const line = element("div", "control");
    line.append(this.choice, button);
    this.form.replaceChildren(label, line, hint);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take();
    });
  }

  /** Asks once who there is. Who cannot be listed cannot be chosen. */
  async load() {
    const { agents } = await new Api("/api/pbx/manager/").get("agents").catch(() => ({ agents: [] }));
    const named = agents.map(({ id, pbx, name, extension }) => [`${pbx}:${id}`, `${name} · ${extension}`]);
    named.sort(([, one], [, other]) => one.localeCompare(other));
    this.choice.replaceChildren(...named.map(([value, words]) => Object.assign(element("option", "", shown(words, 60)), { value })));
    this.form.hidden = !named.length;
  }

  async #take() {
    const notice = this.root.querySelector(".notice");
    try {
      await download(this.desk, "agent-export", { agentId: this.choice.value });
    } catch (error) {
      setText(notice, error.message);
      notice.hidden = false;
    }
  }
}
