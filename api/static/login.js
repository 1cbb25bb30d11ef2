/*
 * Sends the form, then goes on to the page that was asked for. Whoever is still signed in goes on at once. The server sets
 * the cookies; this script never sees a token's use.
 */

import { comeBack, signedIn } from "./session.js";

// Which page that is, the server knows by the role.
const HOME = "/";

/** The address to go on to: the page that was asked for, if it is one of this origin's, else one's own first page. */
export function destination(search, origin) {
  const asked = new URLSearchParams(search).get("next");
  // A path only: "//host", "/\host" and whole addresses lead elsewhere.
  if (!asked || !/^\/(?![/\\])/.test(asked)) return HOME;
  const url = new URL(asked, origin);
  return url.origin === origin ? url.pathname + url.search + url.hash : HOME;
}

/** What to tell when the answer was not a token. */
async function words(response) {
  const problem = await response.json().catch(() => ({}));
  return problem.detail ?? "The server did not understand. Load the page again.";
}

async function signIn(form) {
  const { username, password } = Object.fromEntries(new FormData(form));
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    return response.ok ? null : await words(response);
  } catch {
    return "The server does not answer. Check the connection and try again.";
  }
}

const form = document.querySelector("#form");
const problem = document.querySelector("#problem");
const button = document.querySelector("#send");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  const text = await signIn(form);
  if (text === null) {
    signedIn();
    location.assign(destination(location.search, location.origin));
    return;
  }
  problem.textContent = text;
  problem.hidden = false;
  button.disabled = false;
  form.elements.password.select();
});

if (await comeBack()) location.assign(destination(location.search, location.origin));
