/** A provider's week as somebody is writing it: times as text, and what is wrong with them (pure). */

export interface DraftSpan {
  weekday: number;
  from: string;
  to: string;
}

export interface WeekProblem {
  /** Which span, and which of its ends. */
  place: number;
  end: 'from' | 'to';
  what: 'time' | 'order' | 'overlap';
}

/** Minutes of the day of `08:30`; 24:00 is midnight at its end. Null for what is no time. */
export function minutesOf(text: string): number | null {
  const said = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (said === null) return null;
  const minutes = Number(said[1]) * 60 + Number(said[2]);
  return Number(said[2]) < 60 && minutes <= 1440 ? minutes : null;
}

/** The same for an end: midnight, which a field for times writes as 00:00, is that of the day's end. */
export const endMinutesOf = (text: string): number | null => (text === '00:00' ? 1440 : minutesOf(text));

/** What the server would refuse, each at the field where it is put right; one problem a field. */
export function weekProblems(spans: readonly DraftSpan[]): WeekProblem[] {
  const found: WeekProblem[] = [];
  const times = spans.map((span, place) => ({ weekday: span.weekday, place, from: minutesOf(span.from), to: endMinutesOf(span.to) }));
  const openUntil = new Map<number, number>();
  for (const { weekday, place, from, to } of [...times].sort((one, other) => (one.from ?? 0) - (other.from ?? 0))) {
    if (from === null) found.push({ place, end: 'from', what: 'time' });
    if (to === null) found.push({ place, end: 'to', what: 'time' });
    if (from === null || to === null) continue;
    if (from >= to) {
      found.push({ place, end: 'to', what: 'order' });
      continue;
    }
    const until = openUntil.get(weekday) ?? 0;
    if (from < until) found.push({ place, end: 'from', what: 'overlap' });
    openUntil.set(weekday, Math.max(until, to));
  }
  return found.sort((one, other) => one.place - other.place);
}

/** The same for one day with hours of its own. */
export const dayProblem = (from: string, to: string, end: WeekProblem['end']): WeekProblem['what'] | null =>
  weekProblems([{ weekday: 0, from, to }]).find((one) => one.end === end)?.what ?? null;
