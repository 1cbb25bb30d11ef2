/*
 * The recordings of a call, each with the browser's own player: it asks for the parts that it plays, and the server writes down each
 * time. Where it plays is shown on the line of what happened.
 */

import { element } from "../live/rows.js";
import { moment } from "./words.js";

const FORBIDDEN = 403;

/** Fills `card` with the recordings of a call. `seek(ms)`: told where one plays; null when none does. Returns `play(ms)`. */
export async function playable(card, call, { api, zone }, seek) {
  const body = card.querySelector(".card-body");
  let items;
  try {
    ({ items } = await api.get("recordings", { callId: call.callId, limit: 100 }));
  } catch (error) {
    body.replaceChildren(element("p", "mid", error.status === FORBIDDEN ? "Your role does not play recordings." : error.message));
    return () => {};
  }
  if (!items.length) {
    body.replaceChildren(element("p", "mid", "This call was not recorded, or its recording is not kept here (any more)."));
    return () => {};
  }
  const players = items.reverse().map((item) => player(item, zone, seek));
  body.replaceChildren(...players.map(({ shown }) => shown));
  return (at) => players.find(({ start, end }) => at >= start && at <= end)?.from(at);
}

function player({ id, startedAt, endedAt, seconds }, zone, seek) {
  const start = Date.parse(startedAt ?? endedAt);
  const shown = element("div", "player");
  const audio = element("audio");
  Object.assign(audio, { controls: true, preload: "none", src: `/api/pbx/recordings/${encodeURIComponent(id)}/audio` });
  audio.setAttribute("aria-label", `Recording from ${moment(startedAt ?? endedAt, zone, "time")}`);
  const notice = element("p", "bad-text small");
  notice.setAttribute("role", "alert");
  for (const name of ["timeupdate", "seeking", "play"]) audio.addEventListener(name, () => seek(start + audio.currentTime * 1000));
  audio.addEventListener("ended", () => seek(null));
  audio.addEventListener("error", () => {
    notice.textContent = "The recording cannot be played: it was deleted, or its file or key is not here.";
  });
  const save = element("a", "btn little", "Download");
  save.href = `${audio.src}?download=true`;
  save.download = "";
  const about = element("span", "dim small", `From ${moment(startedAt ?? endedAt, zone, "time")}. Each time it is played is written down.`);
  shown.append(audio, save, about, notice);
  const from = (at) => {
    audio.currentTime = (at - start) / 1000;
    audio.play().catch(() => {});
  };
  return { shown, start, end: start + (seconds ?? (Date.parse(endedAt) - start) / 1000) * 1000, from };
}
