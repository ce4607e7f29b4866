/** The bed board: which beds it lists and in which order, and where the keys go (pure). */
import type { Bed } from '../api/types';
import { isStale } from './ages';

export const STATES = ['all', 'alarm', 'out', 'stale', 'never'] as const;
export type BedState = (typeof STATES)[number];
export const PROTECTIONS = ['all', 'yes', 'partly', 'no', 'unknown'] as const;
export type BedProtection = (typeof PROTECTIONS)[number];
export const COLUMNS = ['bed', 'heart_rate', 'respiratory_rate', 'spo2', 'age'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Wanted {
  words: string;
  county: string;
  state: BedState;
  protection: BedProtection;
}

export interface Order {
  column: Column;
  isDown: boolean;
}

export const EVERYTHING: Wanted = { words: '', county: '', state: 'all', protection: 'all' };
export const AS_GIVEN: Order = { column: 'bed', isDown: false };

/** Whether anything is left out. */
export const isNarrowed = (wanted: Wanted): boolean => wanted.words.trim() !== '' || wanted.county !== '' || wanted.state !== 'all' || wanted.protection !== 'all';

/** The beds that are wanted, in order; those without a value come last whichever way one sorts. */
export function listed(beds: readonly Bed[], wanted: Wanted, order: Order, alarmed: ReadonlySet<string>, nowMs: number): Bed[] {
  const words = wanted.words.trim().toLowerCase();
  const found = beds.filter(
    (bed) =>
      (words === '' || `${bed.resident_name} ${bed.address} ${bed.id}`.toLowerCase().includes(words)) &&
      (wanted.county === '' || bed.county === wanted.county) &&
      hasState(bed, wanted.state, alarmed, nowMs) &&
      (wanted.protection === 'all' || (bed.protection ?? 'unknown') === wanted.protection),
  );
  if (order.column === 'bed') return order.isDown ? found.reverse() : found;
  const way = order.isDown ? -1 : 1;
  const value = valueOf(order.column, nowMs);
  return found
    .map((bed) => ({ bed, value: value(bed) }))
    .sort((one, other) => (one.value === null ? (other.value === null ? 0 : 1) : other.value === null ? -1 : (one.value - other.value) * way))
    .map((one) => one.bed);
}

function hasState(bed: Bed, state: BedState, alarmed: ReadonlySet<string>, nowMs: number): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'alarm':
      return alarmed.has(bed.id);
    case 'out':
      return bed.in_bed === false && !isStale(bed.last_seen_at, nowMs);
    case 'stale':
      return bed.last_seen_at !== null && isStale(bed.last_seen_at, nowMs);
    case 'never':
      return bed.last_seen_at === null;
  }
}

/** A value that is too old is none: nobody is sorted by a number that says nothing about now. */
function valueOf(column: Exclude<Column, 'bed'>, nowMs: number): (bed: Bed) => number | null {
  if (column === 'age') return (bed) => (bed.last_seen_at === null ? null : nowMs - Date.parse(bed.last_seen_at));
  return (bed) => (isStale(bed.last_seen_at, nowMs) ? null : bed[column]);
}

/** A click on a column's head: the same column turns round, another begins with what needs looking at. */
export function ordered(order: Order, column: Column): Order {
  if (order.column === column) return { column, isDown: !order.isDown };
  return { column, isDown: column === 'heart_rate' || column === 'respiratory_rate' || column === 'age' };
}

/** The counties that have beds, by code. */
export function countiesOf(beds: readonly Bed[]): { code: string; name: string }[] {
  const names = new Map(beds.map((bed) => [bed.county, bed.county_name]));
  return [...names].map(([code, name]) => ({ code, name })).sort((one, other) => one.code.localeCompare(other.code));
}

/** Where a key takes the row one is on; null for other keys. */
export function stepped(key: string, at: number, count: number, page: number): number | null {
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 };
  const wanted = to[key];
  return wanted === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, wanted));
}
