/*
 * The ringing: two soft notes, made by the browser, on a device of their own. All is laid out ahead on the sound's own
 * timeline, because the timers of a tab in the background run once a second at best.
 */

const NOTES = [659.3, 830.6] as const;
const NOTE_S = 0.32;
const PERIOD_S = 2.4;
// The longest that a queue lets a phone ring, and then some.
const TIMES = 60;
const LOUDNESS = 0.25;

export class Ringtone {
  readonly #element = document.createElement("audio");
  #context: AudioContext | null = null;
  #sounding: OscillatorNode[] = [];

  /** Where it is heard. */
  async sink(id: string): Promise<void> {
    if ("setSinkId" in this.#element) await this.#element.setSinkId(id).catch(() => undefined);
  }

  start(times = TIMES): void {
    this.stop();
    this.#context ??= new AudioContext();
    void this.#context.resume();
    const out = this.#context.createMediaStreamDestination();
    const begin = this.#context.currentTime + 0.05;
    this.#sounding = NOTES.map((pitch, place) => this.#note(pitch, begin + place * NOTE_S, times, out));
    this.#element.srcObject = out.stream;
    // Refused until the page was clicked once: then the toast and the notification have to do.
    void this.#element.play().catch(() => undefined);
  }

  stop(): void {
    for (const each of this.#sounding) each.stop();
    this.#sounding = [];
    this.#element.srcObject = null;
  }

  #note(pitch: number, begin: number, times: number, out: AudioNode): OscillatorNode {
    const context = this.#context!;
    const note = new OscillatorNode(context, { type: "triangle", frequency: pitch });
    const loudness = new GainNode(context, { gain: 0 });
    for (let round = 0; round < times; round += 1) {
      const at = begin + round * PERIOD_S;
      loudness.gain.setTargetAtTime(LOUDNESS, at, 0.01);
      loudness.gain.setTargetAtTime(0, at + NOTE_S * 0.6, 0.09);
    }
    note.connect(loudness).connect(out);
    note.start(begin);
    note.stop(begin + times * PERIOD_S);
    return note;
  }
}
