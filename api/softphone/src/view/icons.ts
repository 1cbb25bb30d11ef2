/* The shapes, drawn with strokes in the colour of the text. Words always stand beside them, so that readers skip them. */

import { svg, type SVGTemplateResult, html, type TemplateResult } from "lit";

const SHAPES: Record<string, SVGTemplateResult> = {
  brand: svg`<path d="M2.5 10h4.5M7 10c3.4 0 2.8-6 6.2-6h4.3M7 10h10.5M7 10c3.4 0 2.8 6 6.2 6h4.3"/>`,
  microphone: svg`<path d="M10 3a2.5 2.5 0 0 1 2.5 2.500v4a2.5 2.5 0 0 1-5 0v-4A2.5 2.5 0 0 1 10 3ZM5 9.500a5 5 0 0 0 10 0M10 14.500V17"/>`,
  muted: svg`<path d="M7.500 7v2.500a2.5 2.5 0 0 0 4 2M12.500 8V5.500a2.5 2.5 0 0 0-4.700-1.200M5 9.500a5 5 0 0 0 7.500 4.300M15 9.500a5 5 0 0 1-.5 2.200M10 14.500V17M4 4l12 12"/>`,
  hold: svg`<path d="M7.500 5v10M12.500 5v10"/>`,
  resume: svg`<path d="M7 5l8 5-8 5Z"/>`,
  transfer: svg`<path d="M3 10h11M10.500 5.500 15 10l-4.500 4.500M17 4v12"/>`,
  add: svg`<circle cx="7.500" cy="7" r="2.600"/><path d="M2.500 16c.6-2.800 2.500-4.200 5-4.200s4.400 1.400 5 4.200M14.500 6v5M12 8.500h5"/>`,
  keypad: svg`<path stroke-width="2.600" d="M5 4.500h.01M10 4.500h.01M15 4.500h.01M5 10h.01M10 10h.01M15 10h.01M5 15.500h.01M10 15.500h.01M15 15.500h.01"/>`,
  notes: svg`<path d="M4 4h12v9H9l-4 3.500V13H4Z"/>`,
  back: svg`<path d="M8 5 3.500 9.500 8 14M4 9.500h8.500a4 4 0 0 1 4 4V15"/>`,
  check: svg`<path d="m4 10.500 4 4L16 6"/>`,
  warn: svg`<path d="M10 3.500 17.500 16.500h-15ZM10 8.500v3.500M10 14.300v.01"/>`,
  pause: svg`<path d="M7 5v10M13 5v10"/>`,
  off: svg`<circle cx="10" cy="10" r="6"/>`,
  ring: svg`<circle cx="10" cy="10" r="3"/><path d="M4.500 4.500a7.800 7.800 0 0 0 0 11M15.500 4.500a7.800 7.800 0 0 1 0 11"/>`,
  dot: svg`<circle cx="10" cy="10" r="5" fill="currentColor" stroke="none"/>`,
  sound: svg`<path d="M4 11.500V10a6 6 0 0 1 12 0v1.500M4 11.500h2.500v4H5a1 1 0 0 1-1-1ZM16 11.500h-2.500v4H15a1 1 0 0 0 1-1Z"/>`,
  down: svg`<path d="m5 7.500 5 5 5-5"/>`,
  keys: svg`<rect x="2.500" y="5" width="15" height="10" rx="1.500"/><path d="M5.500 8h.01M8.500 8h.01M11.500 8h.01M14.500 8h.01M6.500 12h7"/>`,
  theme: svg`<circle cx="10" cy="10" r="6.500"/><path fill="currentColor" stroke="none" d="M10 3.500a6.500 6.500 0 0 1 0 13Z"/>`,
  signOut: svg`<path d="M8 3.500H4v13h4M8.500 10H17M13.500 6.500 17 10l-3.500 3.500"/>`,
  close: svg`<path d="m5 5 10 10M15 5 5 15"/>`,
  missed: svg`<path d="M4 4l6 6 6-6M10 10v6M7 13.500l3 3 3-3"/>`,
};

/** A shape by name. */
export function icon(name: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
    stroke-linejoin="round" aria-hidden="true">${SHAPES[name] ?? SHAPES["dot"]}</svg>`;
}

const RECEIVER = "M1.500 10.200c4-4.300 11-4.300 15 0 .5.6.5 1.400 0 2l-1 1.100c-.5.5-1.200.6-1.800.2l-1.900-1.200c-.5-.3-.7-.8-.6-1.400l.1-1.200a8.600 8.600 0 0 0-4.600 0l.1 1.200c.1.6-.1 1.100-.6 1.400l-1.900 1.200c-.6.4-1.300.3-1.800-.2l-1-1.100c-.5-.6-.5-1.400 0-2Z";

/** The receiver, down or up. */
export function receiver(up: boolean): TemplateResult {
  return html`<svg class=${up ? "icon up" : "icon"} viewBox="0 0 18 18" fill="currentColor" aria-hidden="true"><path d=${RECEIVER}></path></svg>`;
}
