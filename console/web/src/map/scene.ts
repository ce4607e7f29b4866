/** What the platform knows, as GeoJSON for the map's sources: beds, people, stations, alarms, closed roads, ways (pure). */
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import type { Bed, Incident, Responder } from '../api/types';
import { isStale } from '../core/ages';

/** A provider as the map shows it. */
export interface Station {
  id: string;
  name: string;
  lat: number;
  lon: number;
  is_open: boolean;
}

/** Roads that somebody has closed, or called slow. */
export interface Closure {
  id: number;
  corners: number[][];
  radius_m: number | null;
  slow_factor: number | null;
  reason: string;
  begins_at: string;
  until: string | null;
  ended_at: string | null;
}

/** What is said of somebody on the map. */
export interface PersonSaid {
  label: string;
  digit: number | null;
}

type Properties = Record<string, string | number | boolean>;
interface Located {
  lat: number | null;
  lon: number | null;
}

const METRES_PER_DEGREE = 111_195; // mean earth radius 6,371,008.8 m
const CORNERS_OF_A_CIRCLE = 48;
/** A position older than this is drawn pale: on an e-bike somebody is 4 km away by then. An engineering proposal. */
export const OLD_POSITION_MS = 15 * 60_000;

export const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const feature = (geometry: Geometry, properties: Properties): Feature => ({ type: 'Feature', geometry, properties });
const spotOf = ({ lat, lon }: Located): Position | null => (lat === null || lon === null ? null : [lon, lat]);

function points<Item extends Located>(items: readonly Item[], said: (item: Item) => Properties): FeatureCollection {
  return collection(
    items.flatMap((item) => {
      const spot = spotOf(item);
      return spot === null ? [] : [feature({ type: 'Point', coordinates: spot }, said(item))];
    }),
  );
}

/** Beds as dots; those that have not been heard of for long are hollow. */
export const bedsOf = (beds: readonly Bed[], nowMs: number): FeatureCollection =>
  points(beds, (bed) => ({ id: bed.id, old: isStale(bed.last_seen_at, nowMs) }));

/** Responders on duty: free full, busy hollow, those one can choose now with their digit; old positions pale. */
export const peopleOf = (people: readonly Responder[], said: (one: Responder) => PersonSaid, nowMs: number): FeatureCollection =>
  points(people.filter((one) => one.on_duty), (one) => {
    const { label, digit } = said(one);
    const isOld = one.position_at === null || nowMs - Date.parse(one.position_at) > OLD_POSITION_MS;
    return { id: one.id, label, old: isOld, icon: digit !== null ? `digit-${digit}` : one.busy ? 'busy' : 'free', ...(digit === null ? {} : { digit }) };
  });

export const stationsOf = (stations: readonly Station[]): FeatureCollection =>
  points(stations, (one) => ({ id: one.id, label: one.name, open: one.is_open }));

/** Open alarms, with the name of the selected one alone: the queue has the others. */
export const alarmsOf = (incidents: readonly Incident[], selectedId: string | null): FeatureCollection =>
  points(incidents, (one) => ({
    id: one.id,
    bed: one.bed_id,
    priority: one.priority,
    icon: `alarm-${one.priority}`,
    selected: one.id === selectedId,
    label: one.id === selectedId ? one.resident_name : '',
  }));

/** Closed and slow roads that count now. */
export function closuresOf(closures: readonly Closure[], label: (one: Closure) => string, nowMs: number): FeatureCollection {
  const counts = closures.filter(
    (one) => one.ended_at === null && Date.parse(one.begins_at) <= nowMs && (one.until === null || Date.parse(one.until) > nowMs),
  );
  return collection(
    counts.flatMap((one) => {
      const outline = outlineOf(one);
      return outline.length < 4 ? [] : [feature({ type: 'Polygon', coordinates: [outline] }, { id: one.id, closed: one.slow_factor === null, label: label(one) })];
    }),
  );
}

function outlineOf(one: Closure): Position[] {
  const first = one.corners[0];
  if (first === undefined) return [];
  return one.radius_m === null ? [...one.corners, first] : circleAround(first, one.radius_m);
}

/** A circle of so many metres around a point, closed. */
export function circleAround([lon = 0, lat = 0]: Position, radiusM: number): Position[] {
  const north = radiusM / METRES_PER_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: CORNERS_OF_A_CIRCLE + 1 }, (_, step) => {
    const angle = ((step % CORNERS_OF_A_CIRCLE) / CORNERS_OF_A_CIRCLE) * 2 * Math.PI;
    return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)];
  });
}

/** Straight lines from those on the way to the bed; `label` says when they are expected. */
export function waysOf(incident: Incident | null, people: readonly Responder[], label: (responderId: string) => string): FeatureCollection {
  const home = incident === null ? null : spotOf(incident);
  if (incident === null || home === null) return collection([]);
  const coming = incident.helpers.filter((one) => one.state === 'ACCEPTED' || one.state === 'MOVING').map((one) => one.responder_id);
  return collection(
    people.flatMap((one) => {
      const begin = spotOf(one);
      return begin === null || !coming.includes(one.id) ? [] : [feature({ type: 'LineString', coordinates: [begin, home] }, { id: one.id, label: label(one.id) })];
    }),
  );
}

/** A ring around the bed that one is looking at. */
export const chosenOf = (about: Located | null): FeatureCollection => points(about === null ? [] : [about], () => ({}));

/** The box that holds the points, without far outliers beyond the 2nd and 98th percentile; null without any. */
export function boxOf(items: readonly Located[]): [Position, Position] | null {
  const spots = items.flatMap((item) => spotOf(item) ?? []);
  if (spots.length === 0) return null;
  const [west, east] = spread(spots.filter((_, index) => index % 2 === 0));
  const [south, north] = spread(spots.filter((_, index) => index % 2 === 1));
  return [[west, south], [east, north]];
}

function spread(values: number[]): [number, number] {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.02), at(0.98)];
}
