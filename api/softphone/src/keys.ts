/* Every key of the desk in one table: what it does, how a button shows it. Pure; by the key's place, as Alt changes letters. */

export type KeyAction =
  | "answer" | "hangUp" | "mute" | "hold" | "transfer" | "add" | "keypad" | "notes" | "state" | "devices" | "back" | "more"
  | "find" | "help" | "close";

export interface Key {
  readonly code: string;
  readonly alt: boolean;
  readonly shown: string;
}

export const KEYS: Record<KeyAction, Key> = {
  answer: { code: "KeyA", alt: true, shown: "Alt A" },
  hangUp: { code: "KeyH", alt: true, shown: "Alt H" },
  mute: { code: "KeyM", alt: true, shown: "Alt M" },
  hold: { code: "KeyO", alt: true, shown: "Alt O" },
  transfer: { code: "KeyT", alt: true, shown: "Alt T" },
  add: { code: "KeyC", alt: true, shown: "Alt C" },
  keypad: { code: "KeyK", alt: true, shown: "Alt K" },
  notes: { code: "KeyN", alt: true, shown: "Alt N" },
  back: { code: "KeyB", alt: true, shown: "Alt B" },
  more: { code: "KeyW", alt: true, shown: "Alt W" },
  state: { code: "KeyS", alt: true, shown: "Alt S" },
  devices: { code: "KeyG", alt: true, shown: "Alt G" },
  find: { code: "Slash", alt: false, shown: "/" },
  help: { code: "", alt: false, shown: "?" },
  close: { code: "Escape", alt: false, shown: "Esc" },
};

interface Pressed {
  readonly code: string;
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** What a key means; `writing`: the reader is in a field, where only Alt and Esc are ours. */
export function meaning(pressed: Pressed, writing: boolean): KeyAction | null {
  if (pressed.ctrlKey || pressed.metaKey) return null;
  if (!pressed.altKey && !writing && pressed.key === "?") return "help";
  if (!pressed.altKey && !writing && pressed.key === "/") return "find";
  for (const [action, key] of Object.entries(KEYS) as [KeyAction, Key][]) {
    if (key.code !== pressed.code || key.alt !== pressed.altKey || action === "find") continue;
    return key.alt || action === "close" ? action : null;
  }
  return null;
}

/** The place of a disposition by its digit, 0 for 1; null where the key is none, or somebody writes. */
export function place(pressed: Pressed, writing: boolean): number | null {
  if (writing || pressed.altKey || pressed.ctrlKey || pressed.metaKey) return null;
  return /^[1-9]$/.test(pressed.key) ? Number(pressed.key) - 1 : null;
}

/** The tone of a key, for a keypad that is open. */
export function tone(pressed: Pressed, writing: boolean): string | null {
  if (writing || pressed.altKey || pressed.ctrlKey || pressed.metaKey) return null;
  return /^[0-9*#]$/.test(pressed.key) ? pressed.key : null;
}
