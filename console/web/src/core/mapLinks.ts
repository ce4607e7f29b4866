/** Addresses that open a map application with the way to the bed; no name and no address goes along (pure). */
import type { Place } from './geofence';

export interface MapLink {
  app: 'amap' | 'apple' | 'geo';
  href: string;
}

const text = (degrees: number): string => degrees.toFixed(6);

/**
 * `place` is WGS-84, `onChineseMaps` the same in GCJ-02, which AMap and, in China, Apple's maps take coordinates for.
 * A `geo:` address is WGS-84 by its standard (RFC 5870); whatever map is installed on Android takes it.
 */
export function mapLinks(place: Place, onChineseMaps: Place | null, isApple: boolean): MapLink[] {
  const chinese = onChineseMaps ?? place;
  const amap: MapLink = {
    app: 'amap',
    href: `https://uri.amap.com/navigation?to=${text(chinese.lon)},${text(chinese.lat)}&mode=car&policy=0&coordinate=gaode&callnative=1&src=carecircle`,
  };
  if (isApple) return [amap, { app: 'apple', href: `https://maps.apple.com/?daddr=${text(chinese.lat)},${text(chinese.lon)}&dirflg=d` }];
  return [amap, { app: 'geo', href: `geo:${text(place.lat)},${text(place.lon)}?q=${text(place.lat)},${text(place.lon)}` }];
}
