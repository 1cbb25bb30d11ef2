/* Users: who may sign in, in which role. Passwords are set here and never shown. */

import { element, icon, setClass, setText } from "../live/rows.js";
import { confirm, openForm } from "./dialog.js";
import { place, put, shown } from "./texts.js";

export const ROLES = {
  agent: "Agent",
  supervisor: "Supervisor",
  manager: "Manager",
  analyst: "Analyst",
  administrator: "Administrator",
};
const MEANINGS =
  "Agents take calls. Supervisors, managers and analysts also see the work of others; administrators also change what is on this page.";
// As api/admin/words.py has them.
const USERNAME = {
  name: "username", label: "User name", required: true, least: 2, max: 100, pattern: "[\\p{L}\\p{N}_.@+\\-]+",
  hint: "Letters, digits and . @ + - _, to sign in with. It stays as it is.",
};
const NAME = { name: "name", label: "Name", required: true, max: 200, hint: "As colleagues and reports show it." };
const PASSWORD = { kind: "password", required: true, least: 10, max: 1000, hint: "At least ten characters. Tell it to nobody else." };
const OPERATOR = {
  name: "isOperator", label: "Operator of the whole installation", kind: "check",
  hint: "Makes tenants and may act in each. Only an administrator can be one.",
};

const role = (value) => ({
  name: "role", label: "Role", kind: "choice", value, required: true, options: Object.entries(ROLES), hint: MEANINGS,
});

export const users = {
  load,
  columns: { name: "name", username: "mid hide-small", role: "", access: "hide-small", acts: "acts" },
  nothing: "No users yet: “New user” makes one.",
  key: (user) => user.id,
  title: (user) => shown(user.name, 60),
  words: (user) => [user.name, user.username, roleWords(user)],
  make({ name, username, access }) {
    name.append(place(), element("span", "pbx only-small"));
    username.append(place());
    const pill = element("span", "pill");
    pill.append(icon("dot"), element("span"));
    access.append(pill);
  },
  fill({ name, username, role: cell, access }, user) {
    put(name.firstChild, user.name);
    setText(name.lastChild, user.isActive ? "" : "deactivated");
    put(username.firstChild, user.username);
    setText(cell, roleWords(user));
    setClass(access.firstChild, user.isActive ? "pill ok" : "pill");
    setClass(access.firstChild.firstChild, `icon icon-${user.isActive ? "check" : "off"}`);
    setText(access.firstChild.lastChild, user.isActive ? "Yes" : "Deactivated");
  },
  acts: (user, desk) => [["Edit", () => edit(user, desk)]],
  add,
};

async function load(desk) {
  const { items, total } = await desk.api.all("users");
  return { items: items.toSorted((a, b) => b.isActive - a.isActive || a.name.localeCompare(b.name)), total };
}

const roleWords = (user) => (user.isOperator ? "Operator" : (ROLES[user.role] ?? user.role));

async function add(desk) {
  const fields = [USERNAME, NAME, role("agent"), ...(desk.isOperator ? [OPERATOR] : []), { ...PASSWORD, name: "password", label: "Password" }];
  const made = await openForm({ title: "New user", fields, save: "Make the user", send: (values) => desk.api.add("users", values) });
  if (made) desk.changed(`${shown(made.name, 60)} may sign in now.`, "users");
}

async function edit(user, desk) {
  const oneself = user.id === desk.me;
  const kept = { ...role(user.role), off: oneself, hint: oneself ? "Another administrator can change your role." : MEANINGS };
  const path = `users/${desk.piece(user.id)}`;
  const saved = await openForm({
    title: shown(user.name, 60),
    note: `Signs in as ${shown(user.username, 60)}.`,
    fields: [{ ...NAME, value: user.name }, kept, ...(desk.isOperator ? [{ ...OPERATOR, value: user.isOperator, off: oneself }] : [])],
    more: [
      ["Set password…", () => setPassword(user, path, desk)],
      ["Sign out everywhere…", () => signOut(user, path, desk)],
      ...(oneself ? [] : [user.isActive ? ["Deactivate…", () => deactivate(user, path, desk)] : ["Activate…", () => activate(user, path, desk)]]),
    ],
    send: (values) => desk.api.change(path, values),
  });
  if (saved) desk.changed("The user is saved.", "users");
}

async function setPassword(user, path, desk) {
  const done = await openForm({
    title: `New password for ${shown(user.name, 60)}`,
    note: "Whoever is signed in with the old one is signed out.",
    fields: [{ ...PASSWORD, name: "password", label: "New password" }],
    save: "Set the password",
    send: (values) => desk.api.add(`${path}/password`, values),
  });
  if (done) desk.changed("The new password holds.", "users");
}

async function signOut(user, path, desk) {
  const note = "Every browser and telephone page of this user is closed within five seconds. Signing in again is possible at once.";
  const done = await confirm(`Sign out ${shown(user.name, 60)} everywhere?`, note, "Sign out", () => desk.api.add(`${path}/sign-out`));
  if (done) desk.changed(`${shown(user.name, 60)} is signed out everywhere.`, "users");
}

async function deactivate(user, path, desk) {
  const note = "This user is signed out within five seconds and cannot sign in until activated again. Calls and reports keep the name.";
  const done = await confirm(`Deactivate ${shown(user.name, 60)}?`, note, "Deactivate", () => desk.api.remove(path));
  if (done) desk.changed(`${shown(user.name, 60)} is deactivated.`, "users");
}

async function activate(user, path, desk) {
  const note = "The password is the one from before.";
  const done = await openForm({
    title: `Activate ${shown(user.name, 60)}?`, note, save: "Activate", send: () => desk.api.change(path, { isActive: true }),
  });
  if (done) desk.changed(`${shown(user.name, 60)} may sign in again.`, "users");
}
