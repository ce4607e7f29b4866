/** Places on the dispatcher's map: metres on a plane, the window onto them, and how far help gets in a time (pure). */
import type { Circle } from '../api/types';

export interface Place {
  lat: number;
  lon: number;
}

/** Metres east and north of the origin of the plane. */
export interface Point {
  x: number;
  y: number;
}

/** The window: which point is in the middle, and how many metres one CSS pixel is. */
export interface View {
  center: Point;
  metresPerPixel: number;
}

export interface Size {
  width: number;
  height: number;
}

const METRES_PER_DEGREE = 111_195; // mean earth radius 6,371,008.8 m
const CLOSEST = 0.5;
const FARTHEST = 400;

/** A plane that touches the earth at `origin`; within 100 km of it distances are off by less than one percent. */
export class Plane {
  readonly #shrink: number;

  constructor(readonly origin: Place) {
    this.#shrink = Math.cos((origin.lat * Math.PI) / 180);
  }

  point(place: Place): Point {
    return {
      x: (place.lon - this.origin.lon) * METRES_PER_DEGREE * this.#shrink,
      y: (place.lat - this.origin.lat) * METRES_PER_DEGREE,
    };
  }
}

export function toScreen(point: Point, view: View, size: Size): Point {
  return {
    x: size.width / 2 + (point.x - view.center.x) / view.metresPerPixel,
    y: size.height / 2 - (point.y - view.center.y) / view.metresPerPixel,
  };
}

export function fromScreen(pixel: Point, view: View, size: Size): Point {
  return {
    x: view.center.x + (pixel.x - size.width / 2) * view.metresPerPixel,
    y: view.center.y - (pixel.y - size.height / 2) * view.metresPerPixel,
  };
}

/** Zoom by `factor` (above 1: closer) so that what is under `pixel` stays there. */
export function zoomAt(view: View, size: Size, pixel: Point, factor: number): View {
  const metresPerPixel = clampScale(view.metresPerPixel / factor);
  const under = fromScreen(pixel, view, size);
  return {
    metresPerPixel,
    center: {
      x: under.x - (pixel.x - size.width / 2) * metresPerPixel,
      y: under.y + (pixel.y - size.height / 2) * metresPerPixel,
    },
  };
}

/** The view that shows the points; far outliers beyond the 2nd and 98th percentile may lie outside. */
export function fit(points: readonly Point[], size: Size): View {
  if (points.length === 0) return { center: { x: 0, y: 0 }, metresPerPixel: 20 };
  const [left, right] = spread(points.map((point) => point.x));
  const [bottom, top] = spread(points.map((point) => point.y));
  const room = 0.86;
  const scale = Math.max((right - left) / (size.width * room), (top - bottom) / (size.height * room), 4);
  return { center: { x: (left + right) / 2, y: (bottom + top) / 2 }, metresPerPixel: clampScale(scale) };
}

/** The view that shows a circle around a point. */
export function around(point: Point, radiusM: number, size: Size): View {
  return { center: point, metresPerPixel: clampScale((radiusM * 2.3) / Math.min(size.width, size.height)) };
}

// Straight-line model with the same figures as the ranking of responders: e-bike at 16 km/h on a city's streets, a car
// at 40 km/h in the valleys and at 15 on mountain tracks, 120 s to set out; roads are longer than the air line by these factors, near and far.
const TURN_OUT_S = 120;
const NEAR_M = 2000;
const MODEL: Record<Circle, { speedKmh: number; near: number; far: number }> = {
  urban: { speedKmh: 16, near: 1.5, far: 1.4 },
  rural: { speedKmh: 40, near: 1.9, far: 1.5 },
  herding: { speedKmh: 15, near: 2.8, far: 2.2 },
};

/** How far away by air somebody may be who is at the door within `minutes`, in metres. */
export function reachM(minutes: number, circle: Circle): number {
  const { speedKmh, near, far } = MODEL[circle];
  const roadM = (Math.max(0, minutes * 60 - TURN_OUT_S) * speedKmh) / 3.6;
  const farM = roadM / far;
  return farM >= NEAR_M ? farM : Math.min(NEAR_M, roadM / near);
}

/** A round length (1, 2 or 5 times a power of ten) that is at most `metres`. */
export function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return power * (metres >= 5 * power ? 5 : metres >= 2 * power ? 2 : 1);
}

function clampScale(scale: number): number {
  return Math.min(FARTHEST, Math.max(CLOSEST, scale));
}

function spread(values: number[]): [number, number] {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.02), at(0.98)];
}
