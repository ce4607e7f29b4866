/** Layers of plans: which version of each scope counts, and scopes as one word (pure). */
import type { PlanSetting } from '../../../api/administration';

export interface PlanScope {
  kind: string;
  area: string;
  circle: string;
  frailty: string;
}

export const keyOf = (scope: PlanScope): string => [scope.kind, scope.area, scope.circle, scope.frailty].join('|');
export const isSameScope = (one: PlanScope, other: PlanScope): boolean => keyOf(one) === keyOf(other);

/** The version of each scope that counts: the newest, where it says anything. */
export function layersInForce(versions: readonly PlanSetting[]): Map<string, PlanSetting> {
  const found = new Map<string, PlanSetting>();
  for (const one of versions) {
    const known = found.get(keyOf(one));
    if (known === undefined || one.version > known.version) found.set(keyOf(one), one);
  }
  return found;
}

export const FAMILIES = ['help', 'clinical', 'behaviour', 'technical'] as const;
export const CIRCLES = ['urban', 'rural', 'herding'] as const;
export const FRAILTIES = ['unknown', 'able', 'semi_disabled', 'disabled', 'severely_disabled'] as const;
