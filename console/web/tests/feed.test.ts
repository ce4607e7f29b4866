import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveFeed } from '../src/live/feed.svelte';
import { incident } from './sample';

/** Stands in for the browser's stream, which jsdom lacks. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 1;

  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }

  say(event: string, said: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(said) }));
  }
}

const server_time = '2026-11-23T08:00:00.000Z';
const latest = (): FakeSource => FakeSource.opened.at(-1) as FakeSource;

describe('the live feed', () => {
  let stop: () => void;
  let feed: LiveFeed;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    FakeSource.opened = [];
    feed = new LiveFeed();
    stop = feed.start();
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('replaces all by a snapshot and merges one incident by its id', () => {
    latest().say('snapshot', { server_time, incidents: [incident('a'), incident('b')] });
    latest().say('incident', { incident: incident('b', { level: 3 }), entry: null });
    latest().say('incident', { incident: incident('c'), entry: null });
    vi.advanceTimersByTime(100);
    expect(feed.ordered.map((one) => [one.id, one.level])).toEqual([['a', 0], ['b', 3], ['c', 0]]);
    latest().say('snapshot', { server_time, incidents: [incident('c')] });
    expect(feed.ordered.map((one) => one.id)).toEqual(['c']);
  });

  it('is lost after 12 s of silence, opens a new stream, and is live again with the first word', () => {
    latest().say('snapshot', { server_time, incidents: [] });
    expect(feed.link).toBe('live');
    vi.advanceTimersByTime(11_000);
    expect(feed.link).toBe('live');
    vi.advanceTimersByTime(3_000);
    expect(feed.link).toBe('lost');
    expect(FakeSource.opened.length).toBeGreaterThan(1);
    latest().say('snapshot', { server_time, incidents: [] });
    expect(feed.link).toBe('live');
  });

  it('stays live as long as beats come', () => {
    for (let n = 0; n < 10; n += 1) {
      vi.advanceTimersByTime(5_000);
      latest().say('beat', { server_time, never_silent: null, quarantined_today: null });
    }
    expect(feed.link).toBe('live');
    expect(FakeSource.opened).toHaveLength(1);
  });

  it('ignores a stream that it has given up', () => {
    const old = latest();
    vi.advanceTimersByTime(14_000);
    expect(latest()).not.toBe(old);
    old.say('snapshot', { server_time, incidents: [incident('old')] });
    expect(feed.ordered).toHaveLength(0);
  });

  it('shows the first change at once and a storm ten times a second, each change told to who listens', () => {
    const told = vi.fn();
    feed.onChange(told);
    latest().say('snapshot', { server_time, incidents: [] });
    latest().say('incident', { incident: incident('1'), entry: null });
    expect([...feed.incidents.keys()]).toEqual(['1']);
    for (const id of ['2', '3']) latest().say('incident', { incident: incident(id), entry: null });
    latest().say('incident', { incident: incident('2', { state: 'CLOSED' }), entry: null });
    expect([...feed.incidents.keys()]).toEqual(['1']);
    vi.advanceTimersByTime(100);
    expect([...feed.incidents.keys()]).toEqual(['1', '3']);
    expect(told).toHaveBeenCalledTimes(4);
  });

  it('forgets what was waiting when a snapshot comes, for that is newer', () => {
    latest().say('incident', { incident: incident('1'), entry: null });
    latest().say('incident', { incident: incident('2'), entry: null });
    latest().say('snapshot', { server_time, incidents: [incident('3')] });
    vi.advanceTimersByTime(200);
    expect([...feed.incidents.keys()]).toEqual(['3']);
  });
});
