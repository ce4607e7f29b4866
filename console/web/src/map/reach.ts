/** Outlines of what reaches a bed in time, as `GET /api/coverage/isochrones` tells them, for the map and in words (pure). */
import type { Feature, FeatureCollection } from 'geojson';
import { label, t } from '../messages';
import { collection } from './scene';

/** The outlines with a short name each; the place itself, which is the last feature, is drawn otherwise. */
export function reachOf(found: FeatureCollection | null): FeatureCollection {
  return collection(outlines(found).map((one) => ({ ...one, properties: { label: t('map.ring', { n: minutesOf(one) }), minutes: minutesOf(one) } })));
}

/** What the outlines rest on: 电动车，九成情况下，演示路网. */
export function reachText(found: FeatureCollection | null): string | null {
  const said = outlines(found)[0]?.properties ?? null;
  if (said === null) return null;
  const sure = said.quantile === 'p50' ? 'map.reach.p50' : 'map.reach.p90';
  const how = said.basis === 'routing_server' ? t('map.reach.server') : t(sure);
  return t('map.reach', { mode: label('mode', String(said.mode)), sure: how, basis: label('basis', String(said.basis)) });
}

/** The corners of the widest outline, so that the whole of it can be shown. */
export function reachSpots(found: FeatureCollection | null): { lon: number; lat: number }[] {
  const widest = outlines(found)[0]?.geometry;
  if (widest === undefined) return [];
  const rings = widest.type === 'Polygon' ? widest.coordinates : widest.type === 'MultiPolygon' ? widest.coordinates.flat() : [];
  return rings.flat().flatMap(([lon, lat]) => (lon === undefined || lat === undefined ? [] : [{ lon, lat }]));
}

const minutesOf = (one: Feature): number => Number(one.properties?.minutes ?? 0);
const outlines = (found: FeatureCollection | null): Feature[] =>
  found?.features.filter((one) => one.geometry?.type === 'Polygon' || one.geometry?.type === 'MultiPolygon') ?? [];
