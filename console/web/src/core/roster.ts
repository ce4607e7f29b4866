/** Roster: the days of a week, who is on duty hour by hour, where nobody is, and what clashes; Beijing time (pure). */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** China has one time zone and no summer time. */
const CHINA_MS = 8 * HOUR_MS;
/** The back end takes no longer shift. */
export const LONGEST_MS = DAY_MS;
/** Longer on duty without a break and somebody counts as tired (`most_on_duty_s` of the plans, engineering proposal). */
export const MOST_ON_DUTY_MS = 12 * HOUR_MS;
/** A shorter break does not count as one: a way home, a night and a way back (engineering proposal). */
export const LEAST_REST_MS = 8 * HOUR_MS;

export interface Span {
  begins: number;
  ends: number;
}

export interface RosterShift extends Span {
  id: number;
  person: string;
}

/** One local day: `2026-11-23`. */
export const dayOf = (at: number): string => new Date(at + CHINA_MS).toISOString().slice(0, 10);
/** Midnight in China at which a day begins. */
export const dayBegins = (day: string): number => Date.parse(`${day}T00:00:00Z`) - CHINA_MS;
/** Hour and minute in China: `08:30`. */
export const clockOf = (at: number): string => new Date(at + CHINA_MS).toISOString().slice(11, 16);
export const addDays = (day: string, count: number): string => dayOf(dayBegins(day) + count * DAY_MS + HOUR_MS);

/** Monday of the week that a day lies in. */
export function mondayOf(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

export const weekOf = (monday: string): string[] => Array.from({ length: 7 }, (_, index) => addDays(monday, index));

export function isDay(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

/** A day and two times as a span; an end that is not after the beginning means the next day. Null for what is no time. */
export function spanOf(day: string, from: string, to: string): Span | null {
  const [begins, ends] = [from, to].map((text) => {
    const said = /^(\d{1,2}):(\d{2})$/.exec(text);
    const minutes = said === null ? NaN : Number(said[1]) * 60 + Number(said[2]);
    return minutes >= 0 && minutes <= 1440 && Number(said?.[2]) < 60 ? dayBegins(day) + minutes * 60_000 : NaN;
  }) as [number, number];
  if (Number.isNaN(begins) || Number.isNaN(ends)) return null;
  return { begins, ends: ends > begins ? ends : ends + DAY_MS };
}

export const overlaps = (one: Span, other: Span): boolean => one.begins < other.ends && other.begins < one.ends;

/** The shift of the same person that a new span would lie over; `except` is the one that is being changed. */
export function clashOf(shifts: readonly RosterShift[], person: string, span: Span, except: number | null = null): RosterShift | null {
  return shifts.find((one) => one.person === person && one.id !== except && overlaps(one, span)) ?? null;
}

/** How many people are on duty in each hour from a moment on; half an hour counts, so that handovers are no gaps. */
export function onDutyByHour(shifts: readonly RosterShift[], from: number, hours: number): number[] {
  const people = Array.from({ length: hours }, () => new Set<string>());
  for (const shift of shifts) {
    const first = Math.max(0, Math.floor((shift.begins - from) / HOUR_MS));
    const last = Math.min(hours - 1, Math.ceil((shift.ends - from) / HOUR_MS) - 1);
    for (let hour = first; hour <= last; hour += 1) people[hour]?.add(shift.person);
  }
  return people.map((who) => who.size);
}

/** Stretches that no shift covers, while somebody is needed: exact to the minute, joined over midnight. */
export function gapsOf(shifts: readonly Span[], needed: readonly Span[]): Span[] {
  const sorted = [...shifts].sort((one, other) => one.begins - other.begins);
  const found: Span[] = [];
  for (const need of needed) {
    let at = need.begins;
    for (const shift of sorted) {
      if (shift.ends <= at) continue;
      if (shift.begins >= need.ends) break;
      if (shift.begins > at) found.push({ begins: at, ends: shift.begins });
      at = Math.max(at, shift.ends);
    }
    if (at < need.ends) found.push({ begins: at, ends: need.ends });
  }
  return joined(found);
}

/** Spans that touch become one. */
export function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of [...spans].sort((one, other) => one.begins - other.begins)) {
    const last = found.at(-1);
    if (last !== undefined && span.begins <= last.ends) last.ends = Math.max(last.ends, span.ends);
    else found.push({ ...span });
  }
  return found;
}

export interface OpenHours {
  weekday: number;
  opens_min: number;
  closes_min: number;
}

export interface OtherDay {
  day: string;
  opens_min: number | null;
  closes_min: number | null;
}

/** When a provider is open in these days; without any hours it always is. */
export function openSpans(days: readonly string[], hours: readonly OpenHours[], exceptions: readonly OtherDay[]): Span[] {
  const found: Span[] = [];
  for (const day of days) {
    const begins = dayBegins(day);
    const weekday = ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
    const other = exceptions.find((one) => one.day === day);
    const spans =
      other !== undefined
        ? other.opens_min === null || other.closes_min === null ? [] : [[other.opens_min, other.closes_min] as const]
        : hours.length === 0 ? [[0, 1440] as const]
        : hours.filter((one) => one.weekday === weekday).map((one) => [one.opens_min, one.closes_min] as const);
    for (const [opens, closes] of spans) found.push({ begins: begins + opens * 60_000, ends: begins + closes * 60_000 });
  }
  return joined(found);
}

/** Shifts after which somebody will count as tired: a stretch without a real break that is too long. */
export function tiringShifts(shifts: readonly RosterShift[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const own of groupedBy(shifts, (one) => one.person).values()) {
    own.sort((one, other) => one.begins - other.begins);
    let worked = 0;
    let before: RosterShift | null = null;
    for (const shift of own) {
      worked = before !== null && shift.begins - before.ends < LEAST_REST_MS ? worked + shift.ends - shift.begins : shift.ends - shift.begins;
      if (worked > MOST_ON_DUTY_MS) found.set(shift.id, worked);
      before = shift;
    }
  }
  return found;
}

/** Items by a key, in the order in which keys are first seen. */
export function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const known = found.get(keyOf(item));
    if (known === undefined) found.set(keyOf(item), [item]);
    else known.push(item);
  }
  return found;
}

/** The part of a span that lies in a day, as shares of it; null where none does. */
export function inDay(span: Span, day: string): { from: number; to: number } | null {
  const begins = dayBegins(day);
  const from = Math.max(0, (span.begins - begins) / DAY_MS);
  const to = Math.min(1, (span.ends - begins) / DAY_MS);
  return from < to ? { from, to } : null;
}

/** A share of a day as minutes, on the half hour. */
export const snapped = (share: number): number => Math.min(1440, Math.max(0, Math.round((share * 1440) / 30) * 30));

/** Minutes of a day as `08:30`. */
export const minuteText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** The same week's shifts so many days later, without those that would clash or are over by then. */
export function copiedShifts(shifts: readonly RosterShift[], days: number, present: readonly RosterShift[], now: number): { add: RosterShift[]; left: number } {
  const add: RosterShift[] = [];
  for (const shift of shifts) {
    const moved = { ...shift, begins: shift.begins + days * DAY_MS, ends: shift.ends + days * DAY_MS };
    if (moved.ends > now && clashOf([...present, ...add], moved.person, moved) === null) add.push(moved);
  }
  return { add, left: shifts.length - add.length };
}

