/** What was tried in a trial: the server keeps the result, this browser the change, so that it can be put into force (I/O). */
import type { ToTry } from '../../../api/administration';

export type Tried = ToTry['change'][number];
const name = (trial: string): string => `carecircle.trial.${trial}`;

export function keepTried(trial: string, change: readonly Tried[]): void {
  try {
    sessionStorage.setItem(name(trial), JSON.stringify(change));
  } catch {
    // Without it the trial is shown all the same; only putting it into force means typing it again.
  }
}

export function triedIn(trial: string): readonly Tried[] {
  try {
    return JSON.parse(sessionStorage.getItem(name(trial)) ?? '[]') as Tried[];
  } catch {
    return [];
  }
}
