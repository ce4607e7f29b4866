/** The countdown to the moment by which somebody must be at the door (pure). */
import type { Incident } from '../api/types';
import { isAttended, isEnded } from './incidents';

const MINUS = '−';

/** Time left as mm:ss; past zero it counts up behind a minus sign. Minutes may have more than two digits. */
export function countdownText(leftMs: number): string {
  // Rounding up keeps 15:00 for the whole first second and shows 00:00 exactly at the deadline.
  const left = Math.ceil(leftMs / 1000);
  const seconds = Math.abs(left);
  const text = `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  return left < 0 ? MINUS + text : text;
}

/** Time taken as mm:ss, for a clock that has stopped. */
export function durationText(takenMs: number): string {
  const seconds = Math.max(0, Math.floor(takenMs / 1000));
  return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
}

export interface Countdown {
  text: string;
  isOver: boolean;
  /** Somebody is at the door, or the incident has ended: the clock stands at the time it took. */
  isStopped: boolean;
}

/** What the clock of an incident shows at `nowMs` (server time). */
export function countdownOf(incident: Pick<Incident, 'state' | 'pressed_at' | 'deadline_at' | 'arrived_at' | 'closed_at'>, nowMs: number): Countdown {
  const deadline = Date.parse(incident.deadline_at);
  // A call that came after the helper had left needs somebody at the door again: the clock goes on.
  const stop = isAttended(incident) || isEnded(incident) ? (incident.arrived_at ?? incident.closed_at) : null;
  if (stop !== null) {
    const stopped = Date.parse(stop);
    return { text: durationText(stopped - Date.parse(incident.pressed_at)), isOver: stopped > deadline, isStopped: true };
  }
  return { text: countdownText(deadline - nowMs), isOver: nowMs >= deadline, isStopped: false };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
