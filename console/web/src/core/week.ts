/** A provider's week as somebody is writing it: times as text, and what is wrong with them (pure). */

export interface DraftSpan {
  weekday: number;
  from: string;
  to: string;
}

export interface WeekProblem {
  weekday: number;
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

/** What the server would refuse, day by day. */
export function weekProblems(spans: readonly DraftSpan[]): WeekProblem[] {
  const found = new Map<string, WeekProblem>();
  const note = (weekday: number, what: WeekProblem['what']): void => void found.set(`${weekday} ${what}`, { weekday, what });
  for (const [place, span] of spans.entries()) {
    const [from, to] = [minutesOf(span.from), endMinutesOf(span.to)];
    if (from === null || to === null) {
      note(span.weekday, 'time');
      continue;
    }
    if (from >= to) note(span.weekday, 'order');
    for (const other of spans.slice(place + 1)) {
      const [begins, ends] = [minutesOf(other.from), endMinutesOf(other.to)];
      if (other.weekday === span.weekday && begins !== null && ends !== null && from < ends && begins < to) note(span.weekday, 'overlap');
    }
  }
  return [...found.values()].sort((one, other) => one.weekday - other.weekday);
}
