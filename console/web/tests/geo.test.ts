import { describe, expect, it } from 'vitest';
import { fromScreen, Plane, reachM, toScreen, zoomAt } from '../src/map/geo';

const size = { width: 800, height: 600 };

describe('the map', () => {
  it('measures a degree of latitude, and a shorter one of longitude at 60° north', () => {
    const plane = new Plane({ lat: 60, lon: 100 });
    expect(plane.point({ lat: 61, lon: 100 }).y).toBeCloseTo(111_195, -1);
    expect(plane.point({ lat: 60, lon: 101 }).x).toBeCloseTo(111_195 / 2, -1);
  });

  it('keeps what is under the pointer when zooming', () => {
    const view = { center: { x: 300, y: -200 }, metresPerPixel: 10 };
    const pixel = { x: 120, y: 470 };
    const nearer = zoomAt(view, size, pixel, 2.5);
    expect(nearer.metresPerPixel).toBeCloseTo(4);
    const under = fromScreen(pixel, view, size);
    const after = toScreen(under, nearer, size);
    expect(after.x).toBeCloseTo(pixel.x);
    expect(after.y).toBeCloseTo(pixel.y);
  });

  it('draws the 15-minute circle where the straight-line model says 15 minutes', () => {
    // E-bike: 780 s at 16 km/h are 3467 m of road, over 1.4 by air; car: 780 s at 40 km/h over 1.5.
    expect(reachM(15, 'urban')).toBeCloseTo(2476, 0);
    expect(reachM(15, 'rural')).toBeCloseTo(5778, 0);
    expect(reachM(2, 'urban')).toBe(0);
    expect(reachM(10, 'urban')).toBeLessThan(reachM(15, 'urban'));
  });
});
