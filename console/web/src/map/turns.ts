/** Turns: what the map has to draw anew is gathered and drawn together, after the page itself has painted (pure but for its timers). */

/** Gives the page time to paint what it has just learnt, before the map takes the graphics for itself. */
const AFTER_PAINT_MS = 60;

export interface Pace {
  /** Between two turns at least, so that the page is free in between. */
  pauseMs: number;
  /** How long somebody's own choices may still change before the map follows the last of them. */
  settleMs: number;
}

/** Where a graphics card draws, and where the processor itself does: there one picture takes a tenth of a second. */
export const QUICK: Pace = { pauseMs: 250, settleMs: 0 };
export const SPARING: Pace = { pauseMs: 1000, settleMs: 250 };

/**
 * Work by name; what is asked for again under a name replaces what has waited. Changes that came by themselves wait for
 * the next turn; what somebody chose comes as soon as the choice has settled, or with that turn, and all that waits with it.
 */
export class Turns {
  #waiting = new Map<string, () => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Infinity;
  #turnAt = Infinity;
  #tookAt = -Infinity;

  constructor(
    private readonly pace: Pace,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** In its turn. */
  later(name: string, work: () => void): void {
    this.#waiting.set(name, work);
    if (this.#turnAt < Infinity) return;
    this.#turnAt = Math.max(this.now() + AFTER_PAINT_MS, this.#tookAt + this.pace.pauseMs);
    this.#plan(Math.min(this.#turnAt, this.#dueAt));
  }

  /** As soon as nothing else has been chosen for a moment. */
  soon(name: string, work: () => void): void {
    this.#waiting.set(name, work);
    this.#plan(Math.min(this.now() + AFTER_PAINT_MS + this.pace.settleMs, this.#turnAt));
  }

  /** Nothing more is drawn. */
  end(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #plan(at: number): void {
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.#take(), at - this.now());
  }

  #take(): void {
    const work = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#dueAt = this.#turnAt = Infinity;
    this.#tookAt = this.now();
    for (const one of work) one();
  }
}
