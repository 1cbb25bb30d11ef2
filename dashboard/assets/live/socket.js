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

export class LiveSocket {
  #url;
  #onMessage;
  #onState;
  #socket = null;
  #seq = 0;
  #failures = 0;
  #retry = null;
  #silence = null;

  /** `onMessage({event, data})` per event; `onState({open, retryAt})`: `retryAt` in ms of the browser's clock. */
  constructor(url, { onMessage, onState }) {
    this.#url = url;
    this.#onMessage = onMessage;
    this.#onState = onState;
  }

  open() {
    this.#seq = 0;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => socket === this.#socket && this.#take(JSON.parse(data));
    socket.onclose = () => socket === this.#socket && this.#lost();
    this.#listen();
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
