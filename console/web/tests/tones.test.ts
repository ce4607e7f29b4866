import { describe, expect, it } from 'vitest';
import { burst, burstMs, quietMs } from '../src/core/tones';

describe('alarm tones after IEC 60601-1-8', () => {
  it('high: ten pulses of 75-200 ms, 50-125 ms apart, with a longer gap after the third and after the fifth', () => {
    const pulses = burst(1);
    expect(pulses).toHaveLength(10);
    for (const pulse of pulses) {
      expect(pulse.lastsMs).toBeGreaterThanOrEqual(75);
      expect(pulse.lastsMs).toBeLessThanOrEqual(200);
    }
    const gaps = pulses.slice(1).map((pulse, n) => pulse.atMs - (pulses[n]?.atMs ?? 0) - (pulses[n]?.lastsMs ?? 0));
    for (const n of [0, 1, 3, 5, 6, 8]) {
      expect(gaps[n]).toBeGreaterThanOrEqual(50);
      expect(gaps[n]).toBeLessThanOrEqual(125);
    }
    for (const n of [2, 7]) expect(gaps[n]).toBeGreaterThan(Math.max(gaps[0] ?? 0, gaps[3] ?? 0));
    expect(gaps[4]).toBeGreaterThanOrEqual(350);
    expect(gaps[4]).toBeLessThanOrEqual(1300);
  });

  it('medium and low: three and two slower pulses, and longer quiet; all within 150 to 1000 Hz', () => {
    expect([burst(2).length, burst(3).length]).toEqual([3, 2]);
    for (const pulse of [...burst(2), ...burst(3)]) {
      expect(pulse.lastsMs).toBeGreaterThanOrEqual(125);
      expect(pulse.lastsMs).toBeLessThanOrEqual(250);
    }
    for (const tone of [1, 2, 3, 'lost'] as const) for (const { hz } of burst(tone)) expect(hz >= 150 && hz <= 1000).toBe(true);
    expect(quietMs(1)).toBeGreaterThanOrEqual(2500);
    expect(quietMs(1)).toBeLessThan(quietMs(2));
    expect(quietMs(3)).toBeGreaterThan(15_000);
    expect(burstMs(1)).toBeGreaterThan(burstMs(3));
  });
});
