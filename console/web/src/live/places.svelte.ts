/** Beds and responders on the map and the board: asked for in a steady rhythm, because the feed carries incidents only. */
import { api, sentenceOf } from '../api/client';
import type { Bed, Responder } from '../api/types';
import { poll } from './poll';

const BEDS_EVERY_MS = 30_000;
const RESPONDERS_EVERY_MS = 15_000;

export class Places {
  beds = $state.raw<Bed[]>([]);
  responders = $state.raw<Responder[]>([]);
  hasBeds = $state(false);
  error = $state<string | null>(null);
  readonly bedById: ReadonlyMap<string, Bed> = $derived(new Map(this.beds.map((bed) => [bed.id, bed])));

  /** Begin to ask; returns how to stop. */
  start(): () => void {
    const stops = [poll(() => this.#askBeds(), BEDS_EVERY_MS), poll(() => this.#askResponders(), RESPONDERS_EVERY_MS)];
    return () => stops.forEach((stop) => stop());
  }

  async #askBeds(): Promise<void> {
    try {
      this.beds = await api.beds();
      this.hasBeds = true;
      this.error = null;
    } catch (error) {
      this.error = sentenceOf(error);
    }
  }

  async #askResponders(): Promise<void> {
    try {
      this.responders = await api.responders();
    } catch {
      // Their places grow old on the map; the banner of the lost link says so when the server is gone.
    }
  }
}
