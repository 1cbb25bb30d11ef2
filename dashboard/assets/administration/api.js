/*
 * The API as pages call it, the administration's part if no other is named: JSON over the reader's own cookie, never a token in an address. What is refused
 * comes as `Refused`, whose text may be shown and whose `fields` say which field of a form is meant.
 */

import { keepSignedIn } from "../session.js";

const ROOT = "/api/admin/";
const NO_ANSWER = "Trunkline does not answer. Check the connection and try again.";
// What the server says of fields: `name: what is wrong`, several of them separated by semicolons.
const BETWEEN_FIELDS = /; (?=[A-Za-z]+: )/;
const OF_A_FIELD = /^([A-Za-z]+): (.+)$/s;
// As many as the API gives at once.
const PAGE = 1000;
// What was asked side by side finds a token that one of them was just given.
const JUST_NOW_MS = 5_000;

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.fields = {};
    for (const part of detail.split(BETWEEN_FIELDS)) {
      const [, name, words] = part.match(OF_A_FIELD) ?? [];
      if (name) this.fields[name] = words;
    }
  }
}

export class Api {
  /** The tenant that an operator looks at; null is the reader's own. */
  tenant = null;
  #root;
  #renewing = null;

  constructor(root = ROOT) {
    this.#root = root;
  }

  /** `{items, total}` of a list, or one thing; `query`: further choices by name. */
  get = (path, query = {}) => this.#ask("GET", path, undefined, query);
  add = (path, body) => this.#ask("POST", path, body);
  change = (path, body) => this.#ask("PUT", path, body);
  remove = (path) => this.#ask("DELETE", path);

  /** All of a long list, page by page. */
  async all(path) {
    const items = [];
    for (;;) {
      const page = await this.get(path, { limit: PAGE, offset: items.length });
      items.push(...page.items);
      if (!page.items.length || items.length >= page.total) return { items, total: items.length };
    }
  }

  async #ask(method, path, body, query = {}) {
    const address = this.#address(path, query);
    let response = await send(method, address, body);
    if (response.status === 401 && (await this.#renew())) response = await send(method, address, body);
    if (response.status === 401) {
      // The shell leads to the login.
      dispatchEvent(new Event("trunkline:lost"));
      throw new Refused(401, "This sign-in no longer holds.");
    }
    if (!response.ok) throw new Refused(response.status, await words(response));
    return response.status === 204 ? null : response.json();
  }

  #renew() {
    this.#renewing ??= keepSignedIn(JUST_NOW_MS).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  #address(path, query) {
    const chosen = this.tenant ? { tenant: this.tenant, ...query } : query;
    const search = new URLSearchParams(chosen).toString();
    return this.#root + path + (search && `?${search}`);
  }
}

/** A piece of a path: ids come from PBXs and may hold anything. */
export const piece = encodeURIComponent;

async function send(method, address, body) {
  const json = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    return await fetch(address, { method, cache: "no-store", credentials: "same-origin", ...json });
  } catch {
    throw new Refused(0, NO_ANSWER);
  }
}

/** What a problem document says. Anything else is no answer of ours. */
async function words(response) {
  const problem = await response.json().catch(() => ({}));
  return problem.detail || `Trunkline answered ${response.status} and no reason. Its log tells more.`;
}
