/** A bed's series as a chart takes them: gaps stay gaps, what is usual is a band, alarms are marks; and in words (pure). */
import type { Time } from '../api/types';

export interface TrendPoint {
  at: Time;
  n: number;
  min: number | null;
  max: number | null;
  mean: number;
}

export interface TrendSeries {
  metric: string;
  label: string;
  unit: string;
  step_s: number | null;
  points: TrendPoint[];
}

export interface Limit {
  metric: string;
  low: number | null;
  high: number | null;
  judged_by: string;
}

/** An incident of the bed, for its mark. */
export interface PastIncident {
  id: string;
  kind: string;
  priority: 1 | 2 | 3;
  pressed_at: Time;
}

/** A stretch of a chart with what was measured in it; `values` null: nothing was. Times are in seconds. */
export interface Drawn {
  times: number[];
  means: (number | null)[];
  lows: (number | null)[];
  highs: (number | null)[];
}

export interface Band {
  low: number;
  high: number;
}

export interface Mark {
  atMs: number;
  kind: string;
  priority: 1 | 2 | 3;
  text: string;
}

export interface TableRow {
  fromMs: number;
  mean: number | null;
  low: number | null;
  high: number | null;
}

export const RANGES = { '6h': 6, '24h': 24, '7d': 7 * 24 } as const;
export type Range = keyof typeof RANGES;
export const METRICS = ['heart_rate', 'respiratory_rate', 'spo2'] as const;

const HOUR_S = 3600;
/** Single readings come once a minute or so; five minutes without one is the limit of freshness, and a gap. */
const GAP_OF_READINGS_S = 300;
const USUAL_AFTER_POINTS = 24;

/** The points with a hole wherever longer than a bucket and a half, or five minutes of readings, nothing was measured. */
export function drawnOf(series: TrendSeries): Drawn {
  const drawn: Drawn = { times: [], means: [], lows: [], highs: [] };
  const most = series.step_s === null ? GAP_OF_READINGS_S : series.step_s * 1.5;
  let before: number | null = null;
  for (const point of series.points) {
    const at = Date.parse(point.at) / 1000;
    if (before !== null && at - before > most) add(drawn, (before + at) / 2, null, null, null);
    add(drawn, at, point.mean, point.min ?? point.mean, point.max ?? point.mean);
    before = at;
  }
  return drawn;
}

function add(drawn: Drawn, at: number, mean: number | null, low: number | null, high: number | null): void {
  drawn.times.push(at);
  drawn.means.push(mean);
  drawn.lows.push(low);
  drawn.highs.push(high);
}

/** What is usual for this person: between the 10th and the 90th percentile of the points; null for too few of them. */
export function usualOf(series: TrendSeries | undefined): Band | null {
  if (series === undefined || series.points.length < USUAL_AFTER_POINTS) return null;
  const sorted = series.points.map((point) => point.mean).sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at(0.1), high: at(0.9) };
}

/** The bottom and the top of a chart: everything that was measured, what is usual, and a limit that is near. */
export function scaleOf(drawn: Drawn, usual: Band | null, limit: Limit | undefined): [number, number] {
  const values = [...drawn.lows, ...drawn.highs, usual?.low ?? null, usual?.high ?? null].filter((one) => one !== null);
  if (values.length === 0) return [0, 100];
  let low = Math.min(...values);
  let high = Math.max(...values);
  const near = Math.max(6, (high - low) * 0.6);
  if (limit?.low != null && low - limit.low < near) low = Math.min(low, limit.low);
  if (limit?.high != null && limit.high - high < near) high = Math.max(high, limit.high);
  const room = Math.max(2, (high - low) * 0.12);
  return [Math.floor(low - room), Math.ceil(high + room)];
}

/** Rows for those who read a chart as a table: twelve stretches of the window, each with what was measured in it. */
export function tableOf(series: TrendSeries, fromMs: number, untilMs: number, rows = 12): TableRow[] {
  const step = (untilMs - fromMs) / rows;
  return Array.from({ length: rows }, (_, index) => {
    const begin = fromMs + index * step;
    const inside = series.points.filter((point) => {
      const at = Date.parse(point.at);
      return at >= begin && at < begin + step;
    });
    const weight = inside.reduce((sum, point) => sum + point.n, 0);
    if (weight === 0) return { fromMs: begin, mean: null, low: null, high: null };
    return {
      fromMs: begin,
      mean: inside.reduce((sum, point) => sum + point.mean * point.n, 0) / weight,
      low: Math.min(...inside.map((point) => point.min ?? point.mean)),
      high: Math.max(...inside.map((point) => point.max ?? point.mean)),
    };
  });
}

/** From where to where a range reaches, in milliseconds, up to a full minute. */
export function windowOf(range: Range, nowMs: number): [number, number] {
  const until = Math.ceil(nowMs / 60_000) * 60_000;
  return [until - RANGES[range] * HOUR_S * 1000, until];
}

/** Those marks that lie in the window. */
export const marksIn = (marks: readonly Mark[], fromMs: number, untilMs: number): Mark[] =>
  marks.filter((one) => one.atMs >= fromMs && one.atMs <= untilMs);
