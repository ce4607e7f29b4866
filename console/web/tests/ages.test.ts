import { describe, expect, it } from 'vitest';
import { ageText, isStale, timeText, travelText } from '../src/core/ages';
import { visibleRows } from '../src/core/window';

const now = Date.parse('2026-11-23T08:00:00.000Z');
const before = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

describe('ages', () => {
  it.each([
    [before(3), '刚刚'],
    [before(42), '42秒前'],
    [before(7 * 60 + 59), '7分钟前'],
    [before(3 * 3600), '3小时前'],
    [before(49 * 3600), '2天前'],
    [null, '从未收到'],
  ])('%s is %s', (at, shown) => {
    expect(ageText(at, now)).toBe(shown);
  });

  it('call a value stale after five minutes, and one that never came', () => {
    expect(isStale(before(300), now)).toBe(false);
    expect(isStale(before(301), now)).toBe(true);
    expect(isStale(null, now)).toBe(true);
  });

  it('show the time of day in China wherever the screen stands', () => {
    expect(timeText('2026-11-23T22:38:47.000Z')).toBe('06:38:47');
  });
});

describe('travel times', () => {
  it('always say what they rest on', () => {
    expect(travelText(715, 'straight_line_model')).toBe('约12分钟（直线估算）');
    expect(travelText(10, 'road_network')).toBe('约1分钟（路网估算）');
    expect(travelText(null, null)).toBe('路程未知');
  });
});

describe('a long list', () => {
  it('renders what is visible and a little more', () => {
    expect(visibleRows(1950, 27, 2700, 270)).toEqual({ from: 94, to: 116, above: 94 * 27, total: 1950 * 27 });
    expect(visibleRows(3, 27, 0, 270)).toEqual({ from: 0, to: 3, above: 0, total: 81 });
  });

  it('never leaves the list when it has become shorter', () => {
    const rows = visibleRows(2, 27, 5000, 270);
    expect(rows.from).toBeLessThanOrEqual(rows.to);
  });
});
