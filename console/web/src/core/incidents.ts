/** Incidents as the queue needs them: merged by id, in the order of urgency, and what each one still waits for (pure). */
import type { Incident, IncidentState } from '../api/types';

export type Incidents = ReadonlyMap<string, Incident>;

const ENDED: ReadonlySet<IncidentState> = new Set(['CLOSED', 'CANCELLED_FALSE', 'MERGED']);
const ATTENDED: ReadonlySet<IncidentState> = new Set(['ON_SCENE', 'HANDED_OVER']);

/** A person sees at most this many blinking icons; more would hide which one is the most urgent. */
export const MOST_BLINKING = 5;

export const isEnded = (incident: Pick<Incident, 'state'>): boolean => ENDED.has(incident.state);
export const isAttended = (incident: Pick<Incident, 'state'>): boolean => ATTENDED.has(incident.state);
export const isUnacknowledged = (incident: Incident): boolean => incident.acknowledged_at === null && !isEnded(incident);

/** The incidents of a snapshot; ended ones have no place in a queue. */
export function fromSnapshot(incidents: readonly Incident[]): Incidents {
  return new Map(incidents.filter((one) => !isEnded(one)).map((one) => [one.id, one]));
}

/** Put the newest word on one incident in its place; an ended one leaves. */
export function merge(known: Incidents, news: Incident): Incidents {
  return mergeAll(known, [news]);
}

/** The same for several, in the order in which they were said. */
export function mergeAll(known: Incidents, news: readonly Incident[]): Incidents {
  const next = new Map(known);
  for (const one of news) {
    if (isEnded(one)) next.delete(one.id);
    else next.set(one.id, one);
  }
  return next;
}

/**
 * The order of the queue: those nobody has reached yet first, then by priority, then by deadline, ties by id.
 * Acknowledging does not move a row, so that nothing slips away under the hand.
 */
export function inOrder(incidents: Incidents): Incident[] {
  return [...incidents.values()].sort(
    (one, other) =>
      Number(isAttended(one)) - Number(isAttended(other)) ||
      one.priority - other.priority ||
      compare(one.deadline_at, other.deadline_at) ||
      compare(one.id, other.id),
  );
}

/** The ids whose icon blinks: unacknowledged, the most urgent five. */
export function blinking(ordered: readonly Incident[]): ReadonlySet<string> {
  return new Set(
    ordered
      .filter(isUnacknowledged)
      .slice(0, MOST_BLINKING)
      .map((one) => one.id),
  );
}

/** The id that is `step` rows away from the selected one; it stays inside the queue. */
export function neighbour(ordered: readonly Incident[], selected: string | null, step: 1 | -1): string | null {
  const at = ordered.findIndex((one) => one.id === selected);
  if (at < 0) return ordered[0]?.id ?? null;
  return ordered[Math.min(ordered.length - 1, Math.max(0, at + step))]?.id ?? null;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
