/** What has to be heard now: the most urgent alarm that nobody has acknowledged, unless somebody has paused it (pure). */
import type { Incident, Priority } from '../api/types';
import { isUnacknowledged } from './incidents';
import type { Tone } from './tones';

/** Nobody can silence the desk for longer (IEC 60601-1-8 asks for a limit; two minutes are the desk's). */
export const LONGEST_PAUSE_MS = 2 * 60_000;
/** A hint of low priority is heard when it comes, and not for the whole night (engineering proposal). */
const LOW_SOUNDS_MS = 60_000;

export interface Pause {
  untilMs: number;
  /** The alarms of the highest priority that were there when it began: any other one breaks it. */
  known: ReadonlySet<string>;
}

/** Be quiet for two minutes. */
export function pauseNow(incidents: readonly Incident[], nowMs: number): Pause {
  return { untilMs: nowMs + LONGEST_PAUSE_MS, known: new Set(urgent(incidents).map((one) => one.id)) };
}

/** Whether a pause still holds: it ends by itself, and at once with a new alarm of the highest priority. */
export function holds(pause: Pause | null, incidents: readonly Incident[], nowMs: number): pause is Pause {
  return pause !== null && nowMs < pause.untilMs && urgent(incidents).every((one) => pause.known.has(one.id));
}

export interface Sounding {
  tone: Tone;
  /** Nobody has claimed it for so long that the centre has been called again. */
  isLoud: boolean;
}

/** What sounds, or null. A lost link sounds after alarms of the two higher priorities, because they are known. */
export function soundingOf(incidents: readonly Incident[], isLost: boolean, nowMs: number): Sounding | null {
  const waiting = incidents.filter(isUnacknowledged).filter((one) => one.priority < 3 || nowMs - Date.parse(one.opened_at) < LOW_SOUNDS_MS);
  const tone = waiting.reduce<Priority | null>((worst, one) => (worst === null || one.priority < worst ? one.priority : worst), null);
  if (isLost && (tone === null || tone === 3)) return { tone: 'lost', isLoud: false };
  return tone === null ? null : { tone, isLoud: waiting.some((one) => one.priority === tone && isUnclaimed(one)) };
}

/** Nobody has taken it, and the centre has been called to it again. */
export const isUnclaimed = (incident: Incident): boolean => isUnacknowledged(incident) && incident.level > 0;

const urgent = (incidents: readonly Incident[]): Incident[] => incidents.filter((one) => one.priority === 1 && isUnacknowledged(one));
