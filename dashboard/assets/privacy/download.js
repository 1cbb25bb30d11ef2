/* A file that goes straight to the disk: with recordings it may be long. */

import { element } from "../live/rows.js";

/** Fetches a file of the API. Raises what the API refuses before it. */
export async function download(desk, path, query) {
  // So that the sign-in holds when the browser asks by itself.
  await desk.api.get("retention");
  const link = element("a");
  link.href = `/api/admin/privacy/${path}?${new URLSearchParams(query)}`;
  link.download = "";
  link.click();
  desk.said("The file is on its way. That it was taken stands in the audit log.");
}
