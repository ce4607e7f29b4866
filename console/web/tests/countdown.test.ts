import { describe, expect, it } from 'vitest';
import { countdownOf, countdownText, durationText } from '../src/core/countdown';
import { OffsetEstimate } from '../src/core/offset';

const MINUTE = 60_000;
const pressed_at = '2026-11-23T08:00:00.000Z';
const deadline_at = '2026-11-23T08:15:00.000Z';
const at = (time: string): number => Date.parse(`2026-11-23T${time}Z`);

describe('the countdown', () => {
  it.each([
    [15 * MINUTE, '15:00'],
    [15 * MINUTE - 1, '15:00'],
    [14 * MINUTE + 59_000, '14:59'],
    [999, '00:01'],
    [0, '00:00'],
    [-999, '00:00'],
    [-1000, '−00:01'],
    [-65_000, '−01:05'],
    [-125 * MINUTE, '−125:00'],
  ])('shows %i ms as %s', (left, shown) => {
    expect(countdownText(left)).toBe(shown);
  });

  it('runs on past the deadline while nobody has arrived', () => {
    const incident = { state: 'EN_ROUTE' as const, pressed_at, deadline_at, arrived_at: null, closed_at: null };
    expect(countdownOf(incident, at('08:14:59.000'))).toEqual({ text: '00:01', isOver: false, isStopped: false });
    expect(countdownOf(incident, at('08:15:01.000'))).toEqual({ text: '−00:01', isOver: true, isStopped: false });
  });

  it('stops at the time it took once somebody is at the door', () => {
    const incident = { state: 'ON_SCENE' as const, pressed_at, deadline_at, arrived_at: '2026-11-23T08:08:12.600Z', closed_at: null };
    expect(countdownOf(incident, at('09:00:00.000'))).toEqual({ text: '08:12', isOver: false, isStopped: true });
  });

  it('never shows a negative duration, whatever the clocks say', () => {
    expect(durationText(-5000)).toBe('00:00');
  });
});

describe("the server's clock", () => {
  it('is estimated by the sample with the least delay', () => {
    const estimate = new OffsetEstimate();
    for (const delay of [300, 40, 900]) estimate.add(100_000 - delay, 40_000);
    expect(estimate.offsetMs).toBe(60_000 - 40);
  });

  it('follows when a clock is set anew', () => {
    const estimate = new OffsetEstimate();
    estimate.add(100_000, 40_000);
    estimate.add(100_000, 90_000);
    expect(estimate.offsetMs).toBe(10_000);
  });
});
