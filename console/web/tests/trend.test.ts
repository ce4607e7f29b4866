import { describe, expect, it } from 'vitest';
import { drawnOf, marksIn, scaleOf, tableOf, usualOf, windowOf, type TrendSeries } from '../src/core/trend';
import { axisText, summaryOf } from '../src/core/trendWords';

const BEGIN = Date.parse('2026-11-23T00:00:00.000Z');
const MINUTE = 60_000;
const at = (minute: number): string => new Date(BEGIN + minute * MINUTE).toISOString();
const series = (minutes: number[], step_s: number | null = 60, value = (minute: number) => 70 + minute): TrendSeries => ({
  metric: 'heart_rate', label: '心率', unit: '/min', step_s,
  points: minutes.map((minute) => ({ at: at(minute), n: 1, min: null, max: null, mean: value(minute) })),
});

describe('a chart of a vital sign', () => {
  it('has a hole where nothing was measured, and none between neighbours', () => {
    expect(drawnOf(series([0, 1, 2])).means).toEqual([70, 71, 72]);
    expect(drawnOf(series([0, 1, 9])).means).toEqual([70, 71, null, 79]);
    expect(drawnOf(series([0, 4], null)).means).toEqual([70, 74]);
    expect(drawnOf(series([0, 6], null)).means).toEqual([70, null, 76]);
    expect(drawnOf(series([])).times).toEqual([]);
  });

  it('keeps times in order, the hole between its neighbours', () => {
    const { times } = drawnOf(series([0, 20, 21, 90]));
    expect([...times].sort((one, other) => one - other)).toEqual(times);
  });

  it('knows what is usual from enough points only', () => {
    expect(usualOf(series([0, 1]))).toBeNull();
    expect(usualOf(undefined)).toBeNull();
    const many = usualOf(series(Array.from({ length: 101 }, (_, index) => index), 60, (minute) => minute));
    expect(many).toEqual({ low: 10, high: 90 });
  });

  it('shows a limit that is near, and does not flatten the line for one that is far', () => {
    const drawn = drawnOf(series([0, 1, 2], 60, () => 118));
    const limit = { metric: 'heart_rate', low: 40, high: 120, judged_by: 'fixed' };
    const [low, high] = scaleOf(drawn, null, limit);
    expect(high).toBeGreaterThanOrEqual(120);
    expect(low).toBeGreaterThan(100);
    expect(scaleOf(drawnOf(series([])), null, limit)).toEqual([0, 100]);
  });

  it('is a table too: every stretch, also those without data', () => {
    const rows = tableOf(series([0, 1, 59]), BEGIN, BEGIN + 60 * MINUTE, 3);
    expect(rows.map((row) => row.mean)).toEqual([70.5, null, 129]);
    expect(rows[0]).toMatchObject({ low: 70, high: 71 });
  });

  it('reaches from a range ago to the minute that is running', () => {
    const [from, until] = windowOf('6h', BEGIN + 1);
    expect(until - from).toBe(6 * 60 * MINUTE);
    expect(until).toBe(BEGIN + MINUTE);
    const mark = { atMs: from - 1, kind: 'sos', priority: 1, text: '' } as const;
    expect(marksIn([mark, { ...mark, atMs: from }], from, until)).toHaveLength(1);
  });

  it('says in a sentence what it shows', () => {
    const text = summaryOf(series([0, 1, 30]), '6h', { low: 66, high: 78 }, 2);
    for (const part of ['平均80', '最低70', '最高100', '中断1次', '66–78', '报警2次']) expect(text).toContain(part);
    expect(summaryOf(series([]), '6h', null, 0)).toContain('没有');
  });

  it('names hours on a short axis and days on a long one, by the clock of China', () => {
    expect(axisText(BEGIN / 1000, 6 * 3600)).toBe('08:00');
    expect(axisText((BEGIN + 16 * 60 * MINUTE) / 1000, 7 * 86_400)).toBe('11/24');
  });
});
