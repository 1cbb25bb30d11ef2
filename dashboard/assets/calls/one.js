/* One call: who, when, what came of it; what happened on one axis; recording, events, notes, sound, and what the files say. */

import { place, put, shown as cutText } from "../administration/texts.js";
import { duration } from "../live/format.js";
import { element, icon } from "../live/rows.js";
import { drawn, KINDS, lanesOf } from "./lanes.js";
import { playable } from "./player.js";
import { proven } from "./proof.js";
import { endedBy, moment, outcomeWords, partyOf, subjectWords, verdictWords } from "./words.js";

const NOTHING = "–";
const BAD_SOUND = 3.6;
const MOMENT = /^\d{4}-\d{2}-\d{2}T.*Z$/;
const NAMES = { queue_log: "queue_log", cel: "CEL", cdr: "CDR", ami: "AMI", files: "The files" };

/** Shows a call in `root`. `desk`: {api, zone, list}. Returns when the call stands there; the rest comes by itself. */
export async function showCall(root, callId, desk) {
  const call = await desk.api.get(`history/${encodeURIComponent(callId)}`);
  const [happened, seek, asked] = timeline(call);
  const recording = card("Recording", "", "recording-card");
  const proof = card("What proves it", "", "proof-card");
  const left = element("div", "stack");
  left.append(recording, proof);
  const right = element("div", "stack");
  right.append(...[notes(call), sound(call, desk), ledger(call, desk), corrections(call, desk), related(call, desk)].filter(Boolean));
  const columns = element("div", "one-columns");
  columns.append(left, right);
  root.replaceChildren(header(call, desk), happened, columns);
  proven(proof, call, desk);
  asked.play = await playable(recording, call, desk, seek);
  return call;
}

function card(title, note, css = "") {
  const made = element("section", `card ${css}`.trim());
  const head = element("header");
  head.append(element("h2", "", title));
  if (note) head.append(element("span", "dim small cut", note));
  head.append(element("span", "grow"), element("span", "tools"));
  made.append(head, element("div", "card-body"));
  return made;
}

function header(call, { zone }) {
  const made = element("section", "card one-head");
  const who = element("div", "one-who");
  const { name, number } = partyOf(call);
  const title = element("h2", "one-name");
  title.append(place("name"));
  put(title.firstChild, [name, number].filter(Boolean).join(", ") || "Number withheld");
  const line = element("div", "one-title");
  line.append(title, certainty(call));
  who.append(line, element("p", "mid", sentence(call, zone)), element("code", "dim", call.callId));
  const facts = element("div", "facts");
  const sum = (list, name) => list.reduce((all, each) => all + (each[name] ?? 0), 0);
  const worst = call.parts.map((part) => part.mos).filter((mos) => mos !== null);
  const waits = call.stays.length > 1 ? `Waited, ${call.stays.length} times` : "Waited";
  facts.append(
    fact(waits, call.stays.length ? duration(sum(call.stays, "waitS")) : NOTHING),
    fact("Talk", call.parts.length ? duration(sum(call.parts, "talkS")) : NOTHING),
    fact("Hold", call.parts.length ? duration(sum(call.parts, "holdS")) : NOTHING),
    fact(worst.length > 1 ? "Sound, worst" : "Sound", worst.length ? Math.min(...worst).toFixed(1) : NOTHING, worst.some((mos) => mos < BAD_SOUND)),
  );
  made.append(who, facts);
  return made;
}

function fact(label, value, warn = false) {
  const made = element("div");
  made.append(element("label", "", label), element("b", warn ? "warn-text" : "", value));
  return made;
}

function certainty(call) {
  const { ledger: said } = call;
  const over = Boolean(call.endedAt);
  const [css, shape, words] =
    said?.verdict === "unexplained" ? ["pill warn", "warn", "Differs from the PBX's files, and nothing says why"]
    : call.certainty === "final" ? ["pill ok", "check", said ? `Final: ${verdictWords(said.verdict)}` : "Final"]
    : [over ? "pill" : "pill acc", "dot", over ? "Provisional: the PBX's files have not confirmed it yet" : "Goes on"];
  const made = element("span", css);
  made.append(icon(shape), element("span", "", words));
  return made;
}

function sentence(call, zone) {
  const kind = { inbound: "Inbound", outbound: "Dialled", internal: "Internal" }[call.direction] ?? call.direction;
  const to = call.toNumber ? ` to ${cutText(call.toNumber, 60)}` : "";
  const span = `${moment(call.startedAt, zone, "long")} to ${call.endedAt ? moment(call.endedAt, zone, "time") : "now"}`;
  const sent = call.parts.filter((part) => part.transferTo).length;
  const transfers = sent ? `, transferred ${sent === 1 ? "once" : `${sent} times`}` : "";
  const last = call.parts.at(-1)?.endedBy;
  return `${kind}${to}, ${span} (${zone}). ${outcomeWords(call)}${transfers}${last && last !== "transfer" ? `, ${endedBy(last)}` : ""}.`;
}

function timeline(call) {
  const made = card("What happened", "", "happened");
  const legend = element("span", "legend");
  for (const [name, words] of KINDS) {
    const entry = element("span");
    entry.append(element("i", `swatch-${name}`), words);
    legend.append(entry);
  }
  made.querySelector(".tools").append(legend);
  const asked = { play: () => {} };
  const svg = drawn(lanesOf(call, Date.now()), (at) => asked.play(at));
  const scroll = element("div", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "What happened, on one axis of time");
  scroll.append(svg);
  made.querySelector(".card-body").append(scroll);
  return [made, svg.seek, asked];
}

function notes(call) {
  const made = card("Notes and result", "");
  const body = made.querySelector(".card-body");
  if (call.disposition) {
    const pill = element("span", "pill");
    pill.append(place());
    put(pill.firstChild, call.dispositionTitle || call.disposition);
    body.append(pill);
  }
  const said = element("p", call.notes ? "said-notes" : "mid");
  said.textContent = call.notes || (call.disposition ? "No notes." : "Nobody has filed this call or written about it.");
  body.append(said);
  if (call.contact) body.append(pair("Contact", [call.contact.name, call.contact.company, call.contact.number].filter(Boolean).join(", ")));
  return made;
}

function sound(call) {
  if (!call.parts.length) return null;
  const made = card("Sound", "mean opinion, 1 to 5");
  const [table, rows] = grid(["Agent", ""], ["Score", "num"], ["Loss", "num"], ["Jitter", "num"], ["Delay", "num hide-small"]);
  for (const part of call.parts) {
    const agent = element("td", "names");
    agent.append(place());
    put(agent.firstChild, part.agent);
    if (part.mosMethod) agent.title = `Reckoned by ${part.mosMethod.replaceAll("_", " ")}`;
    const score = element("td", `num${part.mos !== null && part.mos < BAD_SOUND ? " warn" : ""}`, part.mos === null ? NOTHING : part.mos.toFixed(2));
    const loss = part.lossRatio === null ? NOTHING : `${(part.lossRatio * 100).toFixed(1)}\u2009%`;
    const milliseconds = (value) => (value === null ? NOTHING : `${Math.round(value)} ms`);
    const line = element("tr");
    line.append(agent, score, element("td", "num", loss), element("td", "num", milliseconds(part.jitterMs)), element("td", "num hide-small", milliseconds(part.rttMs)));
    rows.append(line);
  }
  made.querySelector(".card-body").replaceWith(table);
  return made;
}

function ledger(call, { zone }) {
  const said = call.ledger;
  if (!said) return null;
  const made = card("Sources", `${said.agreed} facts agree, ${said.explained} explained, ${said.unexplained} unexplained`);
  const [table, rows] = grid(["Fact", ""], ["Trunkline", ""], ["Source", ""], ["It says", ""]);
  const order = ["unexplained", "explained", "agree"];
  for (const each of [...said.facts].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))) {
    const line = element("tr");
    const subject = element("td", "mid", subjectWords(each.subject));
    if (each.rule) subject.append(" ", element("span", "dim small", each.rule.replaceAll("_", " ")));
    const css = { agree: "ok-text", unexplained: "bad-text" }[each.verdict] ?? "warn-text";
    const told = (what, shade) => value(what, shade, each.subject, zone);
    line.append(subject, told(each.ours, ""), element("td", "mid", NAMES[each.source] ?? each.source), told(each.theirs, css));
    rows.append(line);
  }
  const scroll = element("div", "scroll facts-scroll");
  scroll.tabIndex = 0;
  scroll.append(table);
  made.querySelector(".card-body").replaceWith(scroll);
  return made;
}

function value(given, css, subject, zone) {
  const cell = element("td", css);
  const target = place();
  put(target, valueWords(given, subject, zone));
  cell.append(target);
  return cell;
}

function valueWords(given, subject, zone) {
  if (given === null || given === undefined) return NOTHING;
  if (typeof given === "number") return subject.endsWith("_s") ? `${given} s` : String(given);
  if (typeof given !== "string") return JSON.stringify(given);
  return MOMENT.test(given) ? moment(given, zone, "exact") : given;
}

function corrections(call, { zone }) {
  if (!call.corrections.length) return null;
  const made = card("Corrections", "what the PBX's files put right");
  const [table, rows] = grid(["Field", ""], ["Was", ""], ["Is", ""]);
  for (const each of call.corrections) {
    const line = element("tr");
    const cell = element("td", "mid", `${moment(each.at, zone)}: ${each.appeared ? "the call was not heard of before" : each.cause.replaceAll("_", " ")}`);
    cell.colSpan = 3;
    line.append(cell);
    rows.append(line);
    for (const [path, [was, is]] of Object.entries(each.fields)) {
      const change = element("tr");
      change.append(element("td", "mid", subjectWords(path)), value(was, "dim", path, zone), value(is, "", path, zone));
      rows.append(change);
    }
  }
  made.querySelector(".card-body").replaceWith(table);
  return made;
}

function related(call, { list }) {
  const others = [...(call.mergedInto ? [["Became part of", call.mergedInto]] : []), ...call.merged.map((id) => ["Holds as well", id])];
  if (!others.length) return null;
  const made = card("Other calls", "");
  for (const [words, id] of others) {
    const link = element("a", "mono", id);
    link.href = `${list}${list.includes("?") ? "&" : "?"}${new URLSearchParams({ call: id })}`;
    link.dataset.inside = "";
    const line = element("p", "pair");
    line.append(element("span", "dim", words), link);
    made.querySelector(".card-body").append(line);
  }
  return made;
}

function pair(label, text) {
  const made = element("p", "pair");
  const target = element("bdi");
  target.textContent = cutText(text);
  made.append(element("span", "dim", label), target);
  return made;
}

function grid(...headings) {
  const table = element("table");
  const head = table.createTHead().insertRow();
  for (const [words, css] of headings) {
    const cell = element("th", css, words);
    cell.scope = "col";
    head.append(cell);
  }
  return [table, table.createTBody()];
}
