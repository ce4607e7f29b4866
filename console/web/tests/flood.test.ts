import { describe, expect, it } from 'vitest';
import { blinkingItems, inGroups, isFlood, newLately, visible } from '../src/core/flood';
import { incident } from './sample';

describe('a flood', () => {
  it('begins above ten new alarms in ten minutes and ends below five', () => {
    expect([isFlood(10, false), isFlood(11, false), isFlood(6, true), isFlood(4, true), isFlood(6, false)]).toEqual([false, true, true, false, false]);
  });

  it('counts the last ten minutes alone', () => {
    expect(newLately([0, 1, 600_000], 600_000)).toBe(2);
  });
});

describe('groups of the queue', () => {
  const p1 = [incident('p', { bed_id: 'x' }), incident('q', { bed_id: 'x' })];
  const low = [
    incident('a', { priority: 2, bed_id: 'y', kind: 'heart_rate' }),
    incident('b', { priority: 3, bed_id: 'y', kind: 'low_battery' }),
    incident('c', { priority: 3, bed_id: 'z1', kind: 'gateway_silent' }),
    incident('d', { priority: 3, bed_id: 'z2', kind: 'gateway_silent' }),
    incident('e', { priority: 3, bed_id: 'z3', kind: 'tamper' }),
    incident('f', { priority: 3, bed_id: 'z4', kind: 'tamper' }),
  ];
  const all = [...p1, ...low];

  it('never hold the highest priority', () => {
    const items = inGroups(all, true);
    expect(items.filter((one) => one.group === null).map((one) => one.incident.id)).toEqual(['p', 'q']);
  });

  it('keep one bed, the gateways of a county, and in a flood one kind together; nothing is lost', () => {
    const calm = inGroups(all, false);
    expect(calm.map((one) => [one.group?.by ?? null, one.group?.members.map((member) => member.id) ?? one.incident.id])).toEqual([
      [null, 'p'], [null, 'q'], ['bed', ['a', 'b']], ['gateway', ['c', 'd']], [null, 'e'], [null, 'f'],
    ]);
    const flooded = inGroups(all, true);
    expect(flooded.at(-1)?.group).toMatchObject({ by: 'kind', members: [{ id: 'e' }, { id: 'f' }] });
    const ids = flooded.flatMap((one) => (one.group?.members ?? [one.incident]).map((member) => member.id));
    expect([...ids].sort()).toEqual(all.map((one) => one.id).sort());
  });

  it('are walked through as one row until they are opened', () => {
    const items = inGroups(low, false);
    expect(visible(items, new Set()).map((one) => one.id)).toEqual(['a', 'c', 'e', 'f']);
    expect(visible(items, new Set(['bed:y'])).map((one) => one.id)).toEqual(['a', 'b', 'c', 'e', 'f']);
  });

  it('blink at most five at once, and not where all is acknowledged', () => {
    const done = { acknowledged_at: '2026-11-23T08:00:01.000Z' };
    const many = Array.from({ length: 8 }, (_, n) => incident(`m${n}`, n === 0 ? done : {}));
    expect([...blinkingItems(inGroups(many, true))]).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
  });
});
