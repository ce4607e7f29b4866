/** Why a value is not there, or must not be taken for the present one; five different things with a word each (pure). */
import type { Alarm, Bed, Capability, Incident, Protection, Time, Vital } from '../api/types';
import { isStale } from './ages';

/** `stale`: it was measured too long ago. `none`: never measured. `offline`: its device does not report. */
export type Absence = 'stale' | 'none' | 'offline' | 'out_of_bed' | 'fault';

const OF_THE_BODY: ReadonlySet<string> = new Set(['heart_rate', 'respiratory_rate', 'spo2', 'movement']);
const SILENT: ReadonlySet<string> = new Set(['silent', 'never_heard', 'gateway_silent']);
const WATCHING: ReadonlySet<string> = new Set(['vitals', 'bed']);

export interface Around {
  vitals: readonly Vital[];
  protection: Protection | null;
  /** What rules have found at the bed. */
  alarms: readonly Alarm[];
}

/**
 * Why the value of a metric does not count now; null when it does. The most telling reason wins: a sensor at fault, a
 * device that does not report, nobody in bed, an old value, no value at all.
 */
export function absenceOf(metric: string, { vitals, protection, alarms }: Around, nowMs: number): Absence | null {
  const one = vitals.find((vital) => vital.metric === metric);
  const watching = (protection?.capabilities ?? []).filter((capability) => WATCHING.has(capability.capability));
  if (OF_THE_BODY.has(metric) && (isFaulty(alarms) || watching.some((capability) => !capability.holds && capability.why === 'sensor_error'))) return 'fault';
  const isOld = one === undefined || one.value === null || isStale(one.measured_at, nowMs);
  if (isOld && watching.length > 0 && watching.every(isSilent)) return 'offline';
  if (OF_THE_BODY.has(metric) && isOutOfBed(vitals, nowMs)) return 'out_of_bed';
  if (one === undefined || one.value === null || one.measured_at === null) return 'none';
  return isOld ? 'stale' : null;
}

/** The same of one bed of the board, which knows less: what it has last said, and its open alarms. */
export function absenceOnBoard(bed: Bed, value: number | null, open: readonly Pick<Incident, 'kind'>[], nowMs: number): Absence | null {
  if (open.some((one) => one.kind === 'sensor_error')) return 'fault';
  if (bed.last_seen_at === null) return 'none';
  if (isStale(bed.last_seen_at, nowMs)) return open.some((one) => one.kind === 'gateway_silent' || one.kind === 'lost_signal') ? 'offline' : 'stale';
  if (bed.in_bed === false) return 'out_of_bed';
  return value === null ? 'none' : null;
}

/** When the last word about a metric was, for its age. */
export const lastAt = (metric: string, vitals: readonly Vital[]): Time | null => vitals.find((one) => one.metric === metric)?.measured_at ?? null;

const isFaulty = (alarms: readonly Alarm[]): boolean => alarms.some((one) => one.kind === 'sensor_error' && one.cleared_at === null);
const isSilent = (one: Capability): boolean => !one.holds && SILENT.has(one.why);

function isOutOfBed(vitals: readonly Vital[], nowMs: number): boolean {
  const inBed = vitals.find((one) => one.metric === 'in_bed');
  return inBed?.value === false && !isStale(inBed.measured_at, nowMs);
}
