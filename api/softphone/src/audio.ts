/*
 * Microphone, speaker and ringing, each on the device that the agent chose. What was chosen is kept in this browser.
 * The microphone is open only while somebody needs it: a call, the level meter.
 */

import { Ringtone } from "./ringtone.ts";

export type Use = "microphone" | "speaker" | "ringer";

export interface Device {
  readonly id: string;
  readonly label: string;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly outputs: readonly Device[];
  readonly chosen: Readonly<Record<Use, string>>;
  /** Whether the browser lets an output be chosen. */
  readonly outputsChosen: boolean;
}

export type MicrophoneTrouble = "denied" | "missing" | "insecure";

export class NoMicrophone extends Error {
  readonly trouble: MicrophoneTrouble;
  constructor(trouble: MicrophoneTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

const KEPT = "trunkline.phone.devices";
const DEFAULTS: Record<Use, string> = { microphone: "", speaker: "", ringer: "" };
// As the reference guide has them: what makes a headset in a loud room be understood.
const CONSTRAINTS: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class Sound {
  readonly #calls = new Map<string, HTMLAudioElement>();
  readonly #ringtone = new Ringtone();
  #chosen: Record<Use, string> = kept();
  #microphone: MediaStream | null = null;
  #users = new Set<string>();

  /** What can be chosen. Names are there once the microphone was allowed. */
  async devices(): Promise<Devices> {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (kind: MediaDeviceKind): Device[] =>
      found.filter((each) => each.kind === kind && each.deviceId && each.deviceId !== "default")
        .map((each) => ({ id: each.deviceId, label: each.label || each.deviceId.slice(0, 8) }));
    return {
      microphones: of("audioinput"),
      outputs: of("audiooutput"),
      chosen: { ...this.#chosen },
      outputsChosen: "setSinkId" in HTMLMediaElement.prototype,
    };
  }

  /** Tells when something is plugged in or out. */
  onPlugged(listener: () => void): void {
    navigator.mediaDevices?.addEventListener("devicechange", listener);
  }

  /** Open the microphone for somebody; it stays open until all have let go. Raises NoMicrophone. */
  async open(user: string): Promise<MediaStream> {
    this.#users.add(user);
    if (!this.#live()) {
      try {
        this.#microphone = await ask(this.#chosen.microphone);
      } catch (error) {
        this.#users.delete(user);
        throw error;
      }
    }
    return this.#microphone!;
  }

  /** Whoever opened it needs it no more. */
  release(user: string): void {
    this.#users.delete(user);
    if (this.#users.size > 0) return;
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
  }

  get microphone(): MediaStream | null {
    return this.#microphone;
  }

  /** Choose a device; a new microphone's track where one is open. */
  async choose(use: Use, id: string): Promise<MediaStreamTrack | null> {
    this.#chosen = { ...this.#chosen, [use]: id };
    localStorage.setItem(KEPT, JSON.stringify(this.#chosen));
    if (use === "ringer") await this.#ringtone.sink(id);
    if (use === "speaker") await Promise.all([...this.#calls.values()].map((each) => sink(each, id)));
    if (use !== "microphone" || !this.#microphone) return null;
    const next = await ask(id);
    for (const track of this.#microphone.getTracks()) track.stop();
    this.#microphone = next;
    return next.getAudioTracks()[0] ?? null;
  }

  /** Let a call's other side be heard. */
  hear(call: string, stream: MediaStream): void {
    const element = this.#calls.get(call) ?? document.createElement("audio");
    element.autoplay = true;
    element.srcObject = stream;
    element.dataset["call"] = call;
    this.#calls.set(call, element);
    document.body.append(element);
    void sink(element, this.#chosen.speaker).then(() => element.play()).catch(() => undefined);
  }

  heard(call: string): MediaStream | null {
    return (this.#calls.get(call)?.srcObject as MediaStream | undefined) ?? null;
  }

  /** The call is over. */
  silence(call: string): void {
    const element = this.#calls.get(call);
    if (!element) return;
    element.srcObject = null;
    element.remove();
    this.#calls.delete(call);
  }

  ring(): void {
    void this.#ringtone.sink(this.#chosen.ringer).then(() => this.#ringtone.start());
  }

  stopRinging(): void {
    this.#ringtone.stop();
  }

  ringOnce(): void {
    void this.#ringtone.sink(this.#chosen.ringer).then(() => this.#ringtone.start(1));
  }

  #live(): boolean {
    return this.#microphone?.getAudioTracks().some((track) => track.readyState === "live") ?? false;
  }
}

function kept(): Record<Use, string> {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Record<Use, string>>) };
  } catch {
    return { ...DEFAULTS };
  }
}

/** A device that was unplugged since does not keep anybody from talking: then it is the system's. */
async function ask(id: string): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new NoMicrophone("insecure");
  const audio = { ...CONSTRAINTS, ...(id ? { deviceId: { ideal: id } } : {}) };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, video: false });
  } catch (error) {
    throw new NoMicrophone((error as DOMException).name === "NotAllowedError" ? "denied" : "missing");
  }
}

/** An output that is not there any more leaves the sound where it is. */
async function sink(element: HTMLAudioElement, id: string): Promise<void> {
  if ("setSinkId" in element) await element.setSinkId(id).catch(() => undefined);
}
