/** Which open alarm of the same bed another may become part of (pure). */
import type { Incident, IncidentKind } from '../api/types';
import { isEnded } from './incidents';

/** Kinds that call for somebody at the door; they are never put aside. */
export const FOR_HELP: ReadonlySet<IncidentKind> = new Set(['sos', 'fall', 'smoke', 'gas', 'carbon_monoxide', 'water', 'unreadable']);
const ON_IT: ReadonlySet<string> = new Set(['ACCEPTED', 'MOVING', 'ARRIVED']);

/** The other open alarms of this bed, in the order of the queue. */
export function sameBed(incident: Incident, ordered: readonly Incident[]): Incident[] {
  return ordered.filter((one) => one.bed_id === incident.bed_id && one.id !== incident.id && !isEnded(one));
}

export type Refusal = 'helpers' | 'lesser';

/** Why one cannot become part of the other, by the rules that the server keeps; null when it can. */
export function refusal(incident: Incident, into: Incident): Refusal | null {
  if (incident.helpers.some((one) => ON_IT.has(one.state))) return 'helpers';
  return FOR_HELP.has(incident.kind) && !FOR_HELP.has(into.kind) ? 'lesser' : null;
}
