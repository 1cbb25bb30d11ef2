/*
 * What becomes of the commands that were given here. The news of it comes by another way than the answer that names the
 * command, and may be the quicker of the two; it is told all the same, once.
 */

export interface Outcome {
  readonly status: "confirmed" | "failed";
  readonly detail: string;
}

type Told = (outcome: Outcome) => void;

// News of commands that nobody here has given, or not yet.
const MOST_EARLY = 50;

export class Commands {
  readonly #given = new Map<string, Told>();
  readonly #early = new Map<string, Outcome>();

  /** A command was given: `told` hears how it ended. */
  given(commandId: string, told: Told): void {
    const early = this.#early.get(commandId);
    if (!early) this.#given.set(commandId, told);
    else if (this.#early.delete(commandId)) told(early);
  }

  /** A command has ended. */
  ended(commandId: string, outcome: Outcome): void {
    const told = this.#given.get(commandId);
    if (told && this.#given.delete(commandId)) return told(outcome);
    this.#early.set(commandId, outcome);
    for (const oldest of this.#early.keys()) {
      if (this.#early.size <= MOST_EARLY) break;
      this.#early.delete(oldest);
    }
  }
}
