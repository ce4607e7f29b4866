import { describe, expect, it } from 'vitest';
import { blinking, fromSnapshot, inOrder, merge, neighbour } from '../src/core/incidents';
import { incident } from './sample';

const ids = (incidents: readonly { id: string }[]): string[] => incidents.map((one) => one.id);

describe('the order of the queue', () => {
  it('is priority, then deadline, then id; those with somebody at the door come last', () => {
    const queue = fromSnapshot([
      incident('water', { priority: 2, deadline_at: '2026-11-23T08:01:00.000Z' }),
      incident('later', { deadline_at: '2026-11-23T08:20:00.000Z' }),
      incident('there', { state: 'ON_SCENE', deadline_at: '2026-11-23T08:00:00.000Z' }),
      incident('b'),
      incident('a'),
    ]);
    expect(ids(inOrder(queue))).toEqual(['a', 'b', 'later', 'water', 'there']);
  });

  it('does not change when one is acknowledged', () => {
    const queue = fromSnapshot([incident('a'), incident('b')]);
    const after = merge(queue, incident('a', { acknowledged_at: '2026-11-23T08:00:20.000Z', acknowledged_by: '陈调度' }));
    expect(ids(inOrder(after))).toEqual(ids(inOrder(queue)));
  });
});

describe('merging', () => {
  it('replaces by id, adds what is new and leaves the old map alone', () => {
    const queue = fromSnapshot([incident('a')]);
    const after = merge(merge(queue, incident('a', { level: 2 })), incident('b'));
    expect(after.get('a')?.level).toBe(2);
    expect(ids([...after.values()])).toEqual(['a', 'b']);
    expect(queue.get('a')?.level).toBe(0);
  });

  it('is idempotent', () => {
    const once = merge(new Map(), incident('a'));
    expect(merge(once, incident('a'))).toEqual(once);
  });

  it.each(['CLOSED', 'CANCELLED_FALSE', 'MERGED'] as const)('drops an incident that is %s', (state) => {
    expect(merge(fromSnapshot([incident('a')]), incident('a', { state })).size).toBe(0);
    expect(fromSnapshot([incident('a', { state })]).size).toBe(0);
  });
});

describe('blinking', () => {
  it('is for the five most urgent unacknowledged alarms', () => {
    const acknowledged = incident('0', { acknowledged_at: '2026-11-23T08:00:20.000Z' });
    const ordered = inOrder(fromSnapshot([acknowledged, ...['1', '2', '3', '4', '5', '6'].map((id) => incident(id))]));
    expect([...blinking(ordered)]).toEqual(['1', '2', '3', '4', '5']);
  });
});

describe('moving the selection', () => {
  const ordered = inOrder(fromSnapshot([incident('a'), incident('b'), incident('c')]));

  it('goes to the neighbour and stops at the ends', () => {
    expect(neighbour(ordered, 'a', 1)).toBe('b');
    expect(neighbour(ordered, 'c', 1)).toBe('c');
    expect(neighbour(ordered, 'a', -1)).toBe('a');
  });

  it('begins at the top when nothing, or something that has gone, is selected', () => {
    expect(neighbour(ordered, null, 1)).toBe('a');
    expect(neighbour(ordered, 'gone', -1)).toBe('a');
    expect(neighbour([], null, 1)).toBeNull();
  });
});
