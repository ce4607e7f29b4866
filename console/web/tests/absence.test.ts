import { describe, expect, it } from 'vitest';
import type { Alarm, Bed, Protection } from '../src/api/types';
import { absenceOf, absenceOnBoard } from '../src/core/absence';

const NOW = Date.parse('2026-11-23T08:00:00.000Z');
const FRESH = '2026-11-23T07:59:30.000Z';
const OLD = '2026-11-23T07:50:00.000Z';
const vital = (metric: string, value: number | boolean, measured_at = FRESH) => ({ metric, value, unit: '/min', measured_at });
const watched = (why: string, holds = false): Protection => ({
  state: holds ? 'yes' : 'no',
  at: FRESH,
  capabilities: [{ capability: 'vitals', device: 'mat', holds, why, heard_at: OLD, valid_s: 300 }],
});
const fault = { kind: 'sensor_error', cleared_at: null } as Alarm;
const why = (vitals: ReturnType<typeof vital>[], protection: Protection | null = null, alarms: Alarm[] = []) => absenceOf('heart_rate', { vitals, protection, alarms }, NOW);

describe('why a value is absent', () => {
  it('is five different things', () => {
    expect(why([vital('heart_rate', 70)])).toBeNull();
    expect(why([vital('heart_rate', 70, OLD)])).toBe('stale');
    expect(why([])).toBe('none');
    expect(why([vital('heart_rate', 70, OLD)], watched('silent'))).toBe('offline');
    expect(why([vital('heart_rate', 70), vital('in_bed', false)])).toBe('out_of_bed');
    expect(why([vital('heart_rate', 70)], null, [fault])).toBe('fault');
  });

  it('does not call a device offline whose value is fresh, nor nobody in bed on an old word', () => {
    expect(why([vital('heart_rate', 70)], watched('silent'))).toBeNull();
    expect(why([vital('heart_rate', 70), vital('in_bed', false, OLD)])).toBeNull();
    expect(why([vital('heart_rate', 70)], null, [{ ...fault, cleared_at: FRESH }])).toBeNull();
  });

  it('is told apart on the board by what the board knows', () => {
    const bed = { last_seen_at: FRESH, in_bed: true } as Bed;
    expect(absenceOnBoard(bed, 70, [], NOW)).toBeNull();
    expect(absenceOnBoard(bed, null, [], NOW)).toBe('none');
    expect(absenceOnBoard({ ...bed, last_seen_at: null }, null, [], NOW)).toBe('none');
    expect(absenceOnBoard({ ...bed, last_seen_at: OLD }, null, [], NOW)).toBe('stale');
    expect(absenceOnBoard({ ...bed, last_seen_at: OLD }, null, [{ kind: 'gateway_silent' }], NOW)).toBe('offline');
    expect(absenceOnBoard({ ...bed, in_bed: false }, null, [], NOW)).toBe('out_of_bed');
    expect(absenceOnBoard(bed, 70, [{ kind: 'sensor_error' }], NOW)).toBe('fault');
  });
});
