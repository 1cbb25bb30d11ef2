/*
 * The administration page: begins when the page is shown, ends when the reader leaves. Each section asks for its list when it comes
 * to be seen and after a change; nothing is asked each second. The tenant to look at is an operator's choice.
 */

import { Api, piece } from "./administration/api.js";
import { audit } from "./administration/audit.js";
import { dialling } from "./administration/dialling.js";
import { closeForms } from "./administration/dialog.js";
import { dispositions } from "./administration/dispositions.js";
import { extensions } from "./administration/extensions.js";
import { Panel } from "./administration/panel.js";
import { queues } from "./administration/queues.js";
import { tabs } from "./administration/tabs.js";
import { tenants } from "./administration/tenants.js";
import { shown } from "./administration/texts.js";
import { users } from "./administration/users.js";
import { element } from "./live/rows.js";
import { whileShown } from "./while_shown.js";

const KINDS = { users, extensions, queues, dispositions, dialling, tenants, audit };

/** Begins the page under `root`. Returns what ends it. */
function start(root) {
  const find = root.querySelector("#find");
  const said = root.querySelector("#administration-said");
  const { user: me, tenant: own, timezone: zone } = root.dataset;
  const desk = {
    api: new Api(), me, own, zone, piece,
    // Whether the reader answers for the whole installation; the API decides, this only shows.
    isOperator: false,
    tenants: [],
    wanted: () => (find?.value ?? "").trim().toLowerCase(),
    today: () => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date()),
    people: async () => (await desk.api.all("users")).items.filter((user) => user.isActive),
    changed: (words, name) => {
      said.textContent = words;
      panels[name].load();
      if (name === "tenants") operate(root, desk, reload);
    },
  };
  const panels = Object.fromEntries(
    Object.entries(KINDS).map(([name, kind]) => [name, new Panel(root.querySelector(`#panel-${name}`), kind, desk)]),
  );
  let seen = "users";
  const show = tabs(root, (name) => {
    seen = name;
    said.textContent = "";
    panels[name].load();
  });
  const reload = () => {
    for (const panel of Object.values(panels)) panel.forget();
    said.textContent = "";
    panels[seen].load();
  };
  const draw = () => panels[seen].draw();
  find?.addEventListener("input", draw);
  const wanted = location.hash.slice(1);
  operate(root, desk, reload).then(() => wanted === "tenants" && desk.isOperator && show(wanted));
  show(wanted);
  return closeForms;
}

/** Shows what only operators have, if the reader is one: the tenants, and the choice among them. */
async function operate(root, desk, reload) {
  try {
    desk.isOperator = (await desk.api.get(`users/${piece(desk.me)}`, { tenant: desk.own })).isOperator;
    if (desk.isOperator) await chooseTenant(root, desk, reload);
  } catch {
    // Nothing answers: the section that is seen says so, and has a button to ask again.
    return;
  }
  for (const each of root.querySelectorAll("[data-operators]")) each.hidden = !desk.isOperator;
}

async function chooseTenant(root, desk, reload) {
  desk.tenants = (await desk.api.get("tenants")).items;
  const box = root.querySelector("#tenant-choice");
  const select = element("select");
  select.append(...desk.tenants.map(({ id, name }) => Object.assign(element("option", "", shown(name, 40)), { value: id })));
  select.value = desk.api.tenant ?? desk.own;
  select.addEventListener("change", () => {
    desk.api.tenant = select.value === desk.own ? null : select.value;
    reload();
  });
  box.replaceChildren(select);
  box.closest("label").hidden = desk.tenants.length < 2;
}

whileShown("#administration", start);
