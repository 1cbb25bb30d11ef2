/* Tenants, for those who answer for the whole installation. One is never removed: calls belong to it. */

import { element, icon, setClass, setText } from "../live/rows.js";
import { confirm, openForm } from "./dialog.js";
import { place, put, shown } from "./texts.js";

const NAME = { name: "name", label: "Name", required: true, max: 200, hint: "As its people see it at the side of each page." };

export const tenants = {
  load: (desk) => desk.api.get("tenants"),
  columns: { name: "name", id: "mid", open: "hide-small", acts: "acts" },
  nothing: "No tenants.",
  key: (tenant) => tenant.id,
  title: (tenant) => shown(tenant.name, 60),
  words: (tenant) => [tenant.name, tenant.id],
  make({ name, id, open }) {
    name.append(place(), element("span", "pbx only-small"));
    id.append(place());
    const pill = element("span", "pill");
    pill.append(icon("dot"), element("span"));
    open.append(pill);
  },
  fill({ name, id, open }, tenant) {
    put(name.firstChild, tenant.name);
    setText(name.lastChild, tenant.isActive ? "" : "closed");
    put(id.firstChild, tenant.id);
    setClass(open.firstChild, tenant.isActive ? "pill ok" : "pill");
    setClass(open.firstChild.firstChild, `icon icon-${tenant.isActive ? "check" : "off"}`);
    setText(open.firstChild.lastChild, tenant.isActive ? "Yes" : "Closed");
  },
  acts: (tenant, desk) => [["Edit", () => edit(tenant, desk)]],
  add,
};

async function add(desk) {
  const id = { name: "id", label: "Id", required: true, max: 63, pattern: "[a-z0-9]([a-z0-9\\-]*[a-z0-9])?", hint: "a-z, 0-9 and -, such as northwind. It stays as it is." };
  const send = (values) => desk.api.add("tenants", values);
  const done = await openForm({ title: "New tenant", fields: [NAME, id], send });
  if (done) desk.changed("The tenant is there. Choose it above to make its first user.", "tenants");
}

async function edit(tenant, desk) {
  const fields = [{ ...NAME, value: tenant.name }];
  const own = tenant.id === desk.own;
  const more = own ? [] : [tenant.isActive ? ["Close…", () => close(tenant, desk)] : ["Open again…", () => open(tenant, desk)]];
  const send = (values) => change(tenant, desk, values);
  if (await openForm({ title: shown(tenant.name, 60), fields, more, send })) desk.changed("The tenant is saved.", "tenants");
}

async function close(tenant, desk) {
  const note = "Everybody of this tenant is signed out within five seconds and cannot sign in. Calls go on and are kept.";
  const done = await confirm(`Close ${shown(tenant.name, 60)}?`, note, "Close the tenant", () => change(tenant, desk, { isActive: false }));
  if (done) desk.changed(`${shown(tenant.name, 60)} is closed.`, "tenants");
}

async function open(tenant, desk) {
  const note = "Its users may sign in again.";
  const send = () => change(tenant, desk, { isActive: true });
  const done = await openForm({ title: `Open ${shown(tenant.name, 60)} again?`, note, save: "Open the tenant", send });
  if (done) desk.changed(`${shown(tenant.name, 60)} is open.`, "tenants");
}

const change = (tenant, desk, values) => desk.api.change(`tenants/${desk.piece(tenant.id)}`, values);
