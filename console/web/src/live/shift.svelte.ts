/** Who is on shift, and the handover that waits; asked for in a steady rhythm, because the feed carries incidents only. */
import { api } from '../api/client';
import type { ShiftView } from '../api/types';
import { poll } from './poll';

const EVERY_MS = 30_000;

export class Shifts {
  view = $state.raw<ShiftView | null>(null);
  /** Somebody wants to begin later; alarms are there all the same. */
  isPutOff = $state(false);
  readonly mustBegin: boolean = $derived(this.view !== null && this.view.mine === null && !this.isPutOff);

  start(): () => void {
    return poll(() => this.ask(), EVERY_MS);
  }

  async ask(): Promise<void> {
    try {
      this.view = await api.shift();
    } catch {
      // What is shown stays; the banner of the lost link says so when the server is gone.
    }
  }

  /** Begin to watch. Rejects with `ApiError`. */
  async begin(heard: boolean): Promise<void> {
    this.view = await api.beginShift(heard);
  }

  /** Take a handover over. Rejects with `ApiError`. */
  async take(id: number): Promise<void> {
    this.view = await api.takeHandover(id);
  }
}
