import { describe, expect, it } from 'vitest';
import type { Alarm, Capability } from '../src/api/types';
import { capabilityText, inConcern, mayShelve, split, whereText } from '../src/core/protection';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const capability = (changes: Partial<Capability> = {}): Capability => ({
  capability: 'call', device: 'sos-1', holds: true, why: '', heard_at: '2026-11-23T07:57:00Z', valid_s: 90_000, ...changes,
});
const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  id: 1, kind: 'heart_rate', priority: 2, raised_at: '2026-11-23T07:50:00Z', cleared_at: null, text: '', held_back: null,
  correction: null, correction_text: null, bed_id: 'bed-1', device: 'mat-1', why: {}, incident_id: null, rules_version: 1,
  corrected_at: null, noted_at: '2026-11-23T07:50:01Z', ...changes,
});

describe('what watches over a bed', () => {
  it('says how old its last proof is, and why it does not count', () => {
    expect(capabilityText(capability(), NOW)).toBe('一键呼叫 · 3分钟前');
    expect(capabilityText(capability({ capability: 'smoke', holds: false, why: 'never_heard', heard_at: null }), NOW)).toBe('烟雾 · 从未报到');
    const broken = capability({ device: 'x', holds: false, why: 'silent' });
    expect(inConcern([capability(), broken])).toEqual([broken, capability()]);
  });

  it('says where somebody is only with what that rests on', () => {
    const where = { place: 'bed', asleep: true, since: '2026-11-23T06:00:00Z', seen_at: '2026-11-23T07:59:00Z' } as const;
    expect(whereText(where, NOW)).toBe('在床上，入睡 · 自 14:00 · 1分钟前有依据');
    expect(whereText({ place: 'unknown', asleep: false, since: null, seen_at: null }, NOW)).toBe('不清楚');
  });

  it('lets only what stands, is no call for help and is heard be put aside', () => {
    const none = { alarms: [], shelves: [] };
    expect(mayShelve(alarm(), none)).toBe(true);
    expect(mayShelve(alarm({ kind: 'fall' }), none)).toBe(false);
    expect(mayShelve(alarm({ cleared_at: '2026-11-23T07:55:00Z' }), none)).toBe(false);
    const shelf = { bed_id: 'bed-1', begins_at: '2026-11-23T07:55:00Z', kind: 'heart_rate', reason: '复测中', by_name: '陈调度', until: '2026-11-23T09:00:00Z' } as const;
    expect(mayShelve(alarm(), { alarms: [], shelves: [shelf] })).toBe(false);
  });

  it('keeps what stands apart from what has gone', () => {
    const gone = alarm({ id: 2, cleared_at: '2026-11-23T07:55:00Z' });
    expect(split([alarm(), gone])).toEqual({ standing: [alarm()], gone: [gone] });
  });
});
