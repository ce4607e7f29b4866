/** How far a phone is from a bed, and whether that counts as being there; the server decides with the same figures (pure). */

/** A large housing block, and what positions between houses are off by (engineering proposal, as on the server). */
export const NEAR_M = 150;
export const COUNTED_ACCURACY_M = 100;
const EARTH_RADIUS_M = 6_371_008.8;

export interface Place {
  lat: number;
  lon: number;
}

/** Great-circle distance in metres. */
export function airDistanceM(one: Place, other: Place): number {
  const rad = Math.PI / 180;
  const half =
    Math.sin(((other.lat - one.lat) * rad) / 2) ** 2 +
    Math.cos(one.lat * rad) * Math.cos(other.lat * rad) * Math.sin(((other.lon - one.lon) * rad) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Whether somebody is there; a phone that hardly knows where it is proves nothing. */
export const isNear = (distanceM: number, accuracyM: number): boolean =>
  Math.round(distanceM) - Math.min(Math.round(accuracyM), COUNTED_ACCURACY_M) <= NEAR_M;
