/*
 * Keeps a browser signed in. Access tokens are good for a quarter of an hour; the server gives the next one for the refresh
 * cookie, which no script sees and which is good once: pages that are open side by side must not send it twice, so they take
 * turns. `localStorage` has only when that was done last.
 */

const DONE = "trunkline-signed-in";
// Early enough that a page whose first try fails has others before the token ends.
const DUE_MS = 8 * 60_000;
// A page that refuses what was just given would be come back to for ever.
const JUST_NOW_MS = 30_000;

/** Somebody has signed in. */
export function signedIn() {
  localStorage.setItem(DONE, Date.now());
}

/** Nobody is signed in any more. */
export function signedOut() {
  localStorage.removeItem(DONE);
}

/** Asks for the next token if that was not done for `due` ms. Whether the login holds as far as is known here. */
export function keepSignedIn(due = DUE_MS) {
  const turn = async () => {
    const done = Number(localStorage.getItem(DONE));
    if (!done) return false;
    return Date.now() - done < due || again(done);
  };
  // Where the address is neither https nor this machine, browsers have no locks: then the mark alone keeps pages apart.
  return navigator.locks ? navigator.locks.request(DONE, turn) : turn();
}

/** Back in without a password, for the login page. False: a password is needed. */
export async function comeBack() {
  if (Date.now() - Number(localStorage.getItem(DONE)) < JUST_NOW_MS) return false;
  return keepSignedIn(0);
}

async function again(done) {
  signedIn();
  const status = await fetch("/api/auth/refresh", { method: "POST" }).then((response) => response.status, () => null);
  if (status === 401) signedOut();
  else if (status !== 200) localStorage.setItem(DONE, done);
  return status === 200;
}
