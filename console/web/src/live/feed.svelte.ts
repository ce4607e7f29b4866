/** The live feed: the one event stream of this tab, watched, and what it last said. */
import type { BeatEvent, ChangedEvent, Entry, Incident, IncidentEvent, SnapshotEvent } from '../api/types';
import { fromSnapshot, inOrder, merge, mergeAll, type Incidents } from '../core/incidents';
import { clock } from './clock.svelte';

/** The server sends a beat every 5 s; silence beyond this means that the link is lost. */
export const SILENCE_MS = 12_000;
const WATCH_EVERY_MS = 1_000;
const REOPEN_AFTER_MS = 3_000;
const DRAW_EVERY_MS = 100;

export type Link = 'connecting' | 'live' | 'lost';
type Listener = (incident: Incident, entry: Entry | null) => void;
type Hinted = () => void;

export class LiveFeed {
  link = $state<Link>('connecting');
  beat = $state.raw<BeatEvent | null>(null);
  /** When something was last heard, by this machine's clock. */
  heardAt = $state(Date.now());
  hasSnapshot = $state(false);
  incidents = $state.raw<Incidents>(new Map());
  readonly ordered: Incident[] = $derived(inOrder(this.incidents));

  #source: EventSource | null = null;
  #openedAt = 0;
  #listeners = new Set<Listener>();
  #hinted = new Set<Hinted>();
  #onRefused: () => void;
  #waiting: IncidentEvent[] = [];
  #flushing: ReturnType<typeof setTimeout> | null = null;
  #flushedAt = -DRAW_EVERY_MS;

  /** `onRefused` is called when the server closes the stream for good, as it does when the session has ended. */
  constructor(onRefused: () => void = () => undefined) {
    this.#onRefused = onRefused;
  }

  /** Open the stream; returns how to close it. */
  start(): () => void {
    this.heardAt = Date.now();
    this.#open();
    const watch = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    return () => {
      clearInterval(watch);
      if (this.#flushing !== null) clearTimeout(this.#flushing);
      this.#flushing = null;
      this.#source?.close();
      this.#source = null;
    };
  }

  /** Hear of every change; returns how to stop. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hear that something of this person's may have changed, whatever it was; returns how to stop. */
  onHint(listener: Hinted): () => void {
    this.#hinted.add(listener);
    return () => this.#hinted.delete(listener);
  }

  /** An answer to a command says the newest state of its incident sooner than the stream does. */
  learn(incident: Incident): void {
    this.incidents = merge(this.incidents, incident);
  }

  #open(): void {
    this.#source?.close();
    this.#openedAt = Date.now();
    const source = new EventSource('/api/stream');
    this.#source = source;
    const on = <Said>(name: string, hear: (said: Said) => void): void => {
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return;
        this.heardAt = Date.now();
        this.link = 'live';
        clock.isLocal = false;
        hear(JSON.parse((event as MessageEvent<string>).data) as Said);
      });
    };
    on<SnapshotEvent>('snapshot', (said) => {
      clock.hear(Date.parse(said.server_time));
      // What is still waiting is older than the snapshot.
      this.#waiting = [];
      this.incidents = fromSnapshot(said.incidents);
      this.hasSnapshot = true;
      this.#hint();
    });
    on<IncidentEvent>('incident', (said) => {
      this.#waiting.push(said);
      this.#flushSoon();
    });
    on<ChangedEvent>('changed', () => this.#hint());
    on<BeatEvent>('beat', (said) => {
      clock.hear(Date.parse(said.server_time));
      this.beat = said;
    });
    source.addEventListener('error', () => {
      if (source === this.#source && source.readyState === EventSource.CLOSED) this.#onRefused();
    });
  }

  /** The first change is shown at once; in a storm the page draws ten times a second, not once for each change. */
  #flushSoon(): void {
    if (this.#flushing !== null) return;
    const wait = this.#flushedAt + DRAW_EVERY_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.#flushing = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    this.#flushing = null;
    const said = this.#waiting;
    if (said.length === 0) return;
    this.#waiting = [];
    this.#flushedAt = performance.now();
    this.incidents = mergeAll(this.incidents, said.map((one) => one.incident));
    for (const one of said) for (const listener of this.#listeners) listener(one.incident, one.entry);
    this.#hint();
  }

  #hint(): void {
    for (const listener of this.#hinted) listener();
  }

  #watch(): void {
    if (Date.now() - this.heardAt <= SILENCE_MS) return;
    this.link = 'lost';
    clock.isLocal = true;
    // A line that is half open never ends by itself: begin anew, and give each try its time.
    const isClosed = this.#source?.readyState === EventSource.CLOSED;
    if (Date.now() - this.#openedAt >= (isClosed ? REOPEN_AFTER_MS : SILENCE_MS)) this.#open();
  }
}
