/* A bar that shows how loud a sound is, ten times a second; twice where the reader wants no motion. Draws nothing else. */

const EVERY_MS = 100;
const CALM_MS = 500;
// Speech at a headset is about -20 dB; below -60 there is nothing to see.
const QUIETEST_DB = -60;

export class LevelMeter extends HTMLElement {
  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #bar = document.createElement("i");

  set stream(stream: MediaStream | null) {
    if (stream === this.#stream) return;
    this.#stream = stream;
    if (this.isConnected) this.#begin();
  }

  connectedCallback(): void {
    this.setAttribute("role", "img");
    this.append(this.#bar);
    this.#begin();
  }

  disconnectedCallback(): void {
    this.#end();
  }

  #begin(): void {
    this.#end();
    if (!this.#stream?.getAudioTracks().length) return;
    this.#context = new AudioContext();
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 512 });
    this.#context.createMediaStreamSource(this.#stream).connect(this.#analyser);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#timer = setInterval(() => this.#draw(), calm ? CALM_MS : EVERY_MS);
  }

  #end(): void {
    clearInterval(this.#timer);
    void this.#context?.close();
    this.#context = null;
    this.#analyser = null;
    this.#bar.style.setProperty("width", "0");
  }

  #draw(): void {
    if (!this.#analyser) return;
    const wave = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(wave);
    const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
    const level = Math.max(0, 1 - (10 * Math.log10(power + 1e-9)) / QUIETEST_DB);
    this.#bar.style.setProperty("width", `${Math.round(Math.min(1, level) * 100)}%`);
  }
}

customElements.define("level-meter", LevelMeter);
