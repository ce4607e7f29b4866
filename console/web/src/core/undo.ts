/** Taking an acknowledgement back: for ten seconds, by whoever gave it (pure). */
import type { Incident } from '../api/types';

/** As the server keeps it. */
export const UNDO_MS = 10_000;

/** Milliseconds left to take it back; 0 when it is too late, or was never this person's to take back. */
export function undoLeftMs(incident: Incident | null, mine: string | null, nowMs: number): number {
  if (incident === null || incident.id !== mine || incident.acknowledged_at === null) return 0;
  return Math.min(UNDO_MS, Math.max(0, Date.parse(incident.acknowledged_at) + UNDO_MS - nowMs));
}
