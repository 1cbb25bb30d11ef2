/*
 * The live feed: one WebSocket, a snapshot first, then events numbered from 1. A number that is missing means that something
 * was missed, so the socket is opened again and a new snapshot makes everything right. Lost connections are tried again,
 * each time after a longer pause. Knows nothing of what the events say.
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
// The feed says how fresh it is each second; this long without a word, the line is dead even if the browser does not know.
const SILENCE_MS = 15_000;
const MISSED = 4000;

/** A socket that is opened while the page it is for is still on its way: what it hears is kept until a LiveSocket takes it. */
export class Ahead {
  #heard = [];
  #end;

  constructor(url) {
    this.socket = new WebSocket(url);
    this.socket.onmessage = ({ data }) => this.#heard.push([data, Date.now()]);
    this.#end = setTimeout(() => this.socket.close(), SILENCE_MS);
  }

  /** The socket, and what it has heard: [text, ms of the browser's clock]. Null when it is gone already. */
  take() {
    clearTimeout(this.#end);
    return this.socket.readyState <= WebSocket.OPEN ? { socket: this.socket, heard: this.#heard } : null;
  }
}

export class LiveSocket {
  #url;
  #ahead;
  #onMessage;
  #onState;
  #socket = null;
  #seq = 0;
  #failures = 0;
  #retry = null;
  #silence = null;

  /**
   * `onMessage({event, data, heard})` per event, `heard` in ms of the browser's clock, as is `retryAt` of `onState({open, retryAt})`;
   * `ahead`: a socket that was opened for this one.
   */
  constructor(url, { onMessage, onState }, ahead = null) {
    this.#url = url;
    this.#ahead = ahead;
    this.#onMessage = onMessage;
    this.#onState = onState;
  }

  open() {
    this.#seq = 0;
    const { socket, heard } = this.#ahead?.take() ?? { socket: new WebSocket(this.#url), heard: [] };
    this.#ahead = null;
    this.#socket = socket;
    const take = (text, at) => socket === this.#socket && this.#take({ ...JSON.parse(text), heard: at });
    socket.onmessage = ({ data }) => take(data, Date.now());
    socket.onclose = () => socket === this.#socket && this.#lost();
    this.#listen();
    for (const [text, at] of heard) take(text, at);
  }

  close() {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #take(message) {
    this.#listen();
    this.#seq += 1;
    if (message.seq !== this.#seq) {
      this.#drop();
      return;
    }
    if (message.event === "snapshot") {
      this.#failures = 0;
      this.#onState({ open: true, retryAt: null });
    }
    this.#onMessage(message);
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(), SILENCE_MS);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket.close(MISSED);
    this.#lost();
  }

  #lost() {
    clearTimeout(this.#silence);
    // Half of the pause is left to chance, so that a hundred wallboards do not all come back at the same instant.
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    const pause = longest / 2 + (Math.random() * longest) / 2;
    this.#failures += 1;
    this.#onState({ open: false, retryAt: Date.now() + pause });
    this.#retry = setTimeout(() => this.open(), pause);
  }
}
