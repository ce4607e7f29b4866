/** What the map stands on, asked for in a slow rhythm: the map file, stations, closed roads, and what reaches a bed. */
import type { FeatureCollection } from 'geojson';
import { api, ApiError, sentenceOf } from '../api/client';
import type { MapAbout } from '../map/ground';
import type { Closure, Station } from '../map/scene';
import { poll } from './poll';

const GROUND_EVERY_MS = 60_000;
// The demo makes its map when everything runs, which takes some seconds.
const AWAITED_MS = 4000;
// Whoever goes through the queue with J and K asks for no outline of each bed on the way.
const SETTLE_MS = 700;
const KEPT_MS = 5 * 60_000;
const MOST_KEPT = 24;
// One question is computed at a time, for all desks together: whoever comes second asks again.
const AGAIN_MS = 4000;
const MOST_TRIES = 6;

interface Kept {
  at: number;
  found: FeatureCollection;
}

export class Ground {
  about = $state.raw<MapAbout | null>(null);
  stations = $state.raw<Station[]>([]);
  closures = $state.raw<Closure[]>([]);
  /** The outlines around `reachBed`, once they are known. */
  reach = $state.raw<FeatureCollection | null>(null);
  isReachAsked = $state(false);
  /** Why there are no outlines, in a sentence. */
  reachError = $state<string | null>(null);

  #bed: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #awaiting: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  #kept = new Map<string, Kept>();

  /** Begin to ask; returns how to stop. */
  start(): () => void {
    const stop = poll(() => this.#ask(), GROUND_EVERY_MS);
    return () => {
      stop();
      clearTimeout(this.#timer);
      clearTimeout(this.#awaiting);
      this.#isOver = true;
    };
  }

  /** The map did not come although it should have: another may be there by now. */
  async askAgain(): Promise<void> {
    await this.#ask();
  }

  /** From where is this bed reached? The answer comes later, and is forgotten where another bed was asked for. */
  look(bedId: string | null): void {
    if (bedId === this.#bed) return;
    this.#bed = bedId;
    clearTimeout(this.#timer);
    this.reachError = null;
    const kept = bedId === null ? undefined : this.#kept.get(bedId);
    this.reach = kept !== undefined && Date.now() - kept.at < KEPT_MS ? kept.found : null;
    this.isReachAsked = bedId !== null && this.reach === null;
    if (bedId !== null && this.reach === null) this.#timer = setTimeout(() => void this.#outline(bedId), SETTLE_MS);
  }

  async #outline(bedId: string, tries = 1): Promise<void> {
    try {
      const found = await api.isochrones(bedId);
      this.#kept.set(bedId, { at: Date.now(), found });
      const [eldest] = this.#kept.keys();
      if (this.#kept.size > MOST_KEPT && eldest !== undefined) this.#kept.delete(eldest);
      if (bedId === this.#bed) this.reach = found;
    } catch (error) {
      if (bedId !== this.#bed) return;
      if (error instanceof ApiError && error.isConflict && tries < MOST_TRIES) {
        this.#timer = setTimeout(() => void this.#outline(bedId, tries + 1), AGAIN_MS);
        return;
      }
      this.reachError = sentenceOf(error);
    }
    if (bedId === this.#bed) this.isReachAsked = false;
  }

  async #ask(): Promise<void> {
    const [about, stations, closures] = await Promise.allSettled([api.map(), api.stations(), api.closures()]);
    if (about.status === 'fulfilled') this.about = isSame(about.value, this.about) ? this.about : about.value;
    else if (this.about === null && !(about.reason instanceof ApiError && about.reason.isSignedOut)) {
      // A console that knows no map yet: the beds are drawn on plain ground.
      this.about = { url: null, is_awaited: false, attribution: '', is_synthetic: false, extract_date: '', bounds: null, center: null };
    }
    if (stations.status === 'fulfilled') this.stations = stations.value;
    if (closures.status === 'fulfilled') this.closures = closures.value;
    this.#await();
  }

  /** A ground that is being made is shown as soon as it is there, whatever the slow rhythm is. */
  #await(): void {
    clearTimeout(this.#awaiting);
    if (this.about?.is_awaited !== true || this.#isOver) return;
    this.#awaiting = setTimeout(() => void this.#ask(), AWAITED_MS);
  }
}

const isSame = (one: MapAbout, other: MapAbout | null): boolean => one.url === other?.url && one.is_awaited === other.is_awaited;
