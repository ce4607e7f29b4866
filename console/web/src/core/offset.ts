/** How far the server's clock is ahead of this machine's (pure). */

const KEEP = 12;

/**
 * Estimates the offset from moments at which the server said its time. A message always arrives after it was written, so
 * every sample is too low by its delay: the largest of the last samples is the best one.
 */
export class OffsetEstimate {
  #samples: number[] = [];

  get offsetMs(): number {
    return this.#samples.length === 0 ? 0 : Math.max(...this.#samples);
  }

  /** Take one sample; a clock that was set in between (over 5 s away) begins anew. */
  add(serverMs: number, localMs: number): void {
    const sample = serverMs - localMs;
    if (this.#samples.length > 0 && Math.abs(sample - this.offsetMs) > 5000) this.#samples = [];
    this.#samples = [...this.#samples, sample].slice(-KEEP);
  }
}
