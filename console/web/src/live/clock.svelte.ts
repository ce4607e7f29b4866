/** The server's clock on this screen, four times a second. */
import { OffsetEstimate } from '../core/offset';

const TICK_MS = 250;

class ServerClock {
  #estimate = new OffsetEstimate();
  /** Nothing has been heard of the server for so long that this machine alone keeps the time. */
  isLocal = $state(false);
  /** Milliseconds since 1970 by the server's clock. */
  now = $state(Date.now());

  /** The server has just said its time. */
  hear(serverMs: number): void {
    this.#estimate.add(serverMs, Date.now());
    this.#tick();
  }

  /** Begin to tick; returns how to stop. */
  start(): () => void {
    const timer = setInterval(() => this.#tick(), TICK_MS);
    return () => clearInterval(timer);
  }

  #tick(): void {
    this.now = Date.now() + this.#estimate.offsetMs;
  }
}

export const clock = new ServerClock();
