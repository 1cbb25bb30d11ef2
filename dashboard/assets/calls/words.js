/* What a call came to and what its events prove, in words. Pure. Names inside come from outside and are only ever put in as text. */

import { duration } from "../live/format.js";

const OUTCOMES = {
  answered: "Answered", abandoned: "Abandoned", timeout: "Waited too long", exit_empty: "Queue ran empty", exit_key: "Left by a key",
  join_empty: "Nobody there", full: "Queue full", withdrawn: "Taken out", system: "Ended by the PBX", missed: "Missed ring",
  no_answer: "No answer", busy: "Busy", failed: "Failed", unanswered: "Not answered",
};
const STATES = { QUEUED: "Waiting", RINGING: "Ringing", CONNECTED: "On call", ON_HOLD: "On hold", ENDED: "Over" };
const ENDED_BY = { caller: "the caller hung up", agent: "the agent hung up", transfer: "sent on", system: "the PBX ended it" };
const VERDICTS = {
  agree: "agrees with the PBX's files", explained: "differs from the PBX's files for known reasons", unexplained: "differs from the PBX's files",
};
const PARTS = { stints: "stay", legs: "part", missed: "ring", recordings: "recording" };
const FIELDS = {
  call: "the call itself", started_at: "begin", ended_at: "end", answered_at: "answer", answered: "whether anybody talked", merged_into: "joined to",
  entered_at: "begin of the wait", left_at: "end of the wait", wait_s: "wait", missed: "missed rings", uniqueid: "channel that waited",
  "talk_s + hold_s": "talk and hold", talk_s: "talk", hold_s: "hold", ended_by: "who ended it", position: "place in the queue", rang_at: "begin of the ring",
  ring_s: "ring", interface: "phone", stint: "stay that brought it", file: "recording", mos: "sound", mos_method: "how the sound was reckoned",
  hangup_cause: "cause of the end", certainty: "how sure it is", status: "where it stands", from_number: "caller's number", from_name: "caller's name",
};
export const UNITS = {
  call: "", stay: "each row a stay in a queue, by the moment of entering", ring: "each row a ring",
  part: "each row an agent's part, by the moment of answering", ledger: "each row a call held against the files",
};
const PART = /^(stints|legs|missed|recordings)\[(\d+)\](?:\.(\w+))?$/;

const plain = (code) => (code ? code.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase()) : "");

export const outcomeWords = ({ outcome, status }) => OUTCOMES[outcome] ?? (plain(outcome) || STATES[status] || "Not known");
export const verdictWords = (verdict) => VERDICTS[verdict] ?? verdict;
export const endedBy = (who) => ENDED_BY[who] ?? plain(who);

/** Who called or was called: `{name, number}`, either may be empty. */
export function partyOf({ direction, fromName, fromNumber, toNumber, contact }) {
  const dialled = direction === "outbound";
  const known = contact?.name ?? contact ?? "";
  return { name: known || (dialled ? "" : fromName) || "", number: (dialled ? toNumber : fromNumber) || "", dialled };
}

/** A sentence for each thing that an event proves. `call`: the whole, for the names of its parts. */
export function factsOf({ proved }, call) {
  const groups = new Map();
  for (const [path, value] of Object.entries(proved)) {
    const [, kind = "", index = "", field = ""] = path.match(PART) ?? [];
    const name = kind ? `${kind}[${index}]` : "";
    if (!groups.has(name)) groups.set(name, { kind, index: Number(index), fields: {} });
    groups.get(name).fields[field || (kind ? "" : path)] = value;
  }
  const found = [...groups.values()].flatMap(({ kind, index, fields }) => SAID[kind](fields, index, call)).filter(Boolean);
  return found.length ? found : [Object.keys(proved).map(subjectWords).join(", ")];
}

const SAID = {
  "": (fields) => [
    "started_at" in fields && "the call began",
    fields.merged_into && `became part of ${fields.merged_into}`,
    fields.certainty === "final" && "the PBX's files confirm it",
    fields.ended_at ? `the call ended${cause(fields)}` : cause(fields) && `the call is ending${cause(fields)}`,
    "from_name" in fields && !("started_at" in fields) && `caller's name ${fields.from_name}`,
    "status" in fields && !("started_at" in fields) && !fields.ended_at && `now ${(STATES[fields.status.toUpperCase()] ?? fields.status).toLowerCase()}`,
  ],
  stints: (fields, index, call) => {
    const queue = call.stays[index]?.name ?? fields.queue ?? `stay ${index + 1}`;
    const place = fields.position ? ` at place ${fields.position}` : "";
    return [
      fields.entered_at && `entered ${queue}${place}`,
      fields.left_at && !fields.outcome && `left ${queue}${waited(fields)}`,
      fields.outcome && `${fields.outcome === "answered" ? "answered in" : "left"} ${queue}${fields.outcome === "answered" ? "" : `: ${plain(fields.outcome).toLowerCase()}`}${waited(fields)}`,
    ];
  },
  legs: (fields, index, call) => {
    const agent = call.parts[index]?.agent ?? fields.agent ?? `part ${index + 1}`;
    return [
      fields.answered_at && `answered by ${agent}`,
      "holds" in fields && fields.holds > 0 && `${agent}'s caller put on hold`,
      fields.hold_s > 0 && !fields.ended_at && "taken off hold",
      fields.transfer && `${fields.transfer.kind} transfer to ${fields.transfer.to}`,
      fields.ended_at && `${agent} is out${fields.ended_by ? `: ${endedBy(fields.ended_by)}` : ""}`,
      fields.mos && !fields.ended_at && `sound ${fields.mos.toFixed(1)}`,
    ];
  },
  missed: (fields, index, call) => [`${call.rings[index]?.agent ?? fields.agent ?? "an agent"} did not answer`],
  recordings: (fields) => [fields.started_at && "recording began", fields.ended_at && "recording ended"],
};

const cause = ({ hangup_cause: code }) => (code == null ? "" : `, cause ${code}`);
const waited = ({ wait_s: seconds }) => (seconds == null ? "" : ` after ${duration(seconds)}`);

/** What a path in a call is about, `wait, stay 2` for `stints[1].wait_s`. */
export function subjectWords(subject) {
  const [, part, which, field] = subject.match(/^(\w+)\[(\w*)\](?:\.(.+))?$/) ?? [];
  const words = (name) => FIELDS[name] ?? name.replaceAll("_", " ");
  if (!part) return words(subject);
  if (part === "talk") return `talk of ${which}`;
  const whose = PARTS[part] ?? part;
  const number = /^\d+$/.test(which) ? ` ${Number(which) + 1}` : "";
  return field ? `${words(field)}, ${whose}${number}` : `${whose}${number}`;
}

const formats = new Map();

/** A moment in a zone; `form`: `short` (day and time), `long` (with the year), `time`, `exact` (time with milliseconds). */
export function moment(iso, zone, form = "short") {
  const name = `${zone} ${form}`;
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...FORMS[form] }));
  return formats.get(name).format(new Date(iso));
}

const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
const FORMS = {
  short: { day: "numeric", month: "short", ...TIME },
  long: { weekday: "short", day: "numeric", month: "short", year: "numeric", ...TIME },
  time: TIME,
  exact: { ...TIME, fractionalSecondDigits: 3 },
};
