/** Frames: where the processor draws the map, its pictures wait for the hand that works with the page (pure but for its timers). */

/** One picture keeps the whole page from being painted for a tenth of a second and more; in between, the page has its turn. */
const PAUSE_MS = 120;
/** Between the keys of somebody who walks through the queue there is less; engineering proposal. */
const QUIET_MS = 350;
/** A map that somebody keeps waiting by pressing keys without end is drawn after so long all the same. */
const MOST_MS = 3000;

/** Holds one picture at a time; what is asked for while one waits is drawn with it. */
export class Frames {
  #draw: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedAt = 0;
  #drewAt = -Infinity;
  #keyAt = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Draw at once where the page is at rest, or when it will be. */
  ask(draw: () => void): void {
    if (this.#draw === null) this.#askedAt = this.now();
    this.#draw = draw;
    this.#plan();
  }

  /** Draw at once: the hand is on the map itself. */
  askNow(draw: () => void): void {
    this.#draw = draw;
    this.#take();
  }

  /** A key was pressed: what it does is painted first. */
  hearKey(): void {
    this.#keyAt = this.now();
    if (this.#draw !== null) this.#plan();
  }

  /** Nothing more is drawn. */
  end(): void {
    clearTimeout(this.#timer);
    this.#draw = null;
  }

  #plan(): void {
    clearTimeout(this.#timer);
    const at = Math.max(Math.min(this.#keyAt + QUIET_MS, this.#askedAt + MOST_MS), this.#drewAt + PAUSE_MS);
    if (at <= this.now()) this.#take();
    else this.#timer = setTimeout(() => this.#take(), at - this.now());
  }

  #take(): void {
    clearTimeout(this.#timer);
    const draw = this.#draw;
    this.#draw = null;
    this.#drewAt = this.now();
    draw?.();
  }
}
