import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import type { FeatureCollection, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import type { Bed, Responder } from '../src/api/types';
import { airDistanceM } from '../src/map/air';
import { SOURCES, styleOf, type MapAbout } from '../src/map/ground';
import { reachOf, reachSpots, reachText } from '../src/map/reach';
import { alarmsOf, bedsOf, boxOf, chosenOf, circleAround, closuresOf, OLD_POSITION_MS, peopleOf, waysOf, type Closure } from '../src/map/scene';
import { incident } from './sample';

const NOW = Date.parse('2026-11-23T08:02:16.000Z');
const ago = (ms: number): string => new Date(NOW - ms).toISOString();
const bed = (id: string, changes: Partial<Bed> = {}): Bed => ({
  id, resident_name: '李建国', address: '1号', lat: 36.6, lon: 101.7, county: '630102', county_name: '城东区', circle: 'urban', last_seen_at: ago(1000),
  in_bed: true, heart_rate: 70, respiratory_rate: 16, spo2: 91, open_incident_id: null, ...changes,
} as Bed);
const person = (id: string, changes: Partial<Responder> = {}): Responder => ({
  id, name: '王敏', role: 'staff', provider_name: null, lat: 36.61, lon: 101.71, on_duty: true, busy: false, position_at: ago(1000), ...changes,
});
const about: MapAbout = { url: '/api/map/x.pmtiles', is_awaited: false, attribution: '', is_synthetic: true, extract_date: '', bounds: null, center: null };
const nobody = (one: Responder) => ({ label: one.name, digit: null });

describe('the style of the map', () => {
  it.each(['zh-CN', 'en', 'bo'])('is one that MapLibre takes, in %s', (language) => {
    expect(validateStyleMin(styleOf(about, language))).toEqual([]);
    expect(validateStyleMin(styleOf({ ...about, url: null }, language))).toEqual([]);
  });

  it('asks for no glyphs, sprites or tiles of anybody else', () => {
    const style = styleOf(about, 'zh-CN');
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    expect(JSON.stringify(style)).not.toMatch(/https?:/);
  });

  it('keeps red, yellow and cyan for alarms: nothing else of it is colourful but the blue of actions', () => {
    for (const colour of JSON.stringify(styleOf(about, 'zh-CN')).match(/#[0-9a-f]{6}/g) ?? []) {
      const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];
      expect(colour === '#1d4b8f' || Math.max(red, green, blue) - Math.min(red, green, blue) < 50, colour).toBe(true);
    }
  });

  it('draws each of our sources', () => {
    const drawn = new Set(styleOf(about, 'zh-CN').layers.map((layer) => ('source' in layer ? layer.source : '')));
    for (const name of SOURCES) expect(drawn).toContain(name);
  });
});

describe('what the map shows', () => {
  it('leaves out what has no place, and tells old data from fresh', () => {
    const found = bedsOf([bed('a'), bed('b', { lat: null }), bed('c', { last_seen_at: null })], NOW);
    expect(found.features.map((one) => one.properties)).toEqual([{ id: 'a', old: false }, { id: 'c', old: true }]);
  });

  it('shows people on duty: free, busy, by digit, and pale with an old position', () => {
    const people = [person('a'), person('b', { busy: true }), person('c', { on_duty: false }), person('d', { position_at: ago(OLD_POSITION_MS + 1) }), person('e')];
    const found = peopleOf(people, (one) => ({ label: one.name, digit: one.id === 'e' ? 2 : null }), NOW).features.map((one) => one.properties);
    expect(found.map((one) => [one?.id, one?.icon, one?.old])).toEqual([['a', 'free', false], ['b', 'busy', false], ['d', 'free', true], ['e', 'digit-2', false]]);
  });

  it('names the selected alarm alone', () => {
    const found = alarmsOf([incident('a'), incident('b', { priority: 3 })], 'b').features.map((one) => one.properties);
    expect(found.map((one) => [one?.icon, one?.selected, one?.label])).toEqual([['alarm-1', false, ''], ['alarm-3', true, '李建国']]);
  });

  it('draws lines from those on the way, and from nobody who has arrived or given up', () => {
    const helper = (responder_id: string, state: 'MOVING' | 'ARRIVED' | 'RELEASED') => ({ assignment_id: responder_id, responder_id, name: responder_id, state, eta_at: null, accepted_at: null, arrived_at: null });
    const one = incident('a', { helpers: [helper('x', 'MOVING'), helper('y', 'ARRIVED'), helper('z', 'RELEASED')] as never });
    const found = waysOf(one, [person('x'), person('y'), person('z'), person('q')], (id) => `${id} 08:10`);
    expect(found.features.map((line) => line.properties)).toEqual([{ id: 'x', label: 'x 08:10' }]);
    expect(waysOf(null, [person('x')], () => '').features).toEqual([]);
  });

  it('shows closed roads while they count: circles are round, outlines are closed', () => {
    const closure = (id: number, changes: Partial<Closure>): Closure => ({ id, corners: [[101.7, 36.6]], radius_m: 300, slow_factor: null, reason: '施工', begins_at: ago(1000), until: null, ended_at: null, ...changes });
    const all = [
      closure(1, {}),
      closure(2, { radius_m: null, corners: [[101.7, 36.6], [101.8, 36.6], [101.8, 36.7]], slow_factor: 2 }),
      closure(3, { ended_at: ago(10) }),
      closure(4, { begins_at: ago(-1000) }),
      closure(5, { until: ago(10) }),
      closure(6, { corners: [] }),
    ];
    const found = closuresOf(all, (one) => one.reason, NOW).features;
    expect(found.map((one) => [one.properties?.id, one.properties?.closed])).toEqual([[1, true], [2, false]]);
    for (const one of found) {
      const [ring = []] = (one.geometry as Polygon).coordinates;
      expect(ring[0]).toEqual(ring.at(-1));
    }
    for (const [lon = 0, lat = 0] of circleAround([101.7, 36.6], 300)) expect(airDistanceM({ lat, lon }, { lat: 36.6, lon: 101.7 })).toBeCloseTo(300, 0);
  });

  it('finds the box of most places, without the one far away', () => {
    const near = Array.from({ length: 98 }, (_, index) => bed(String(index), { lat: 36.6 + index / 10_000, lon: 101.7 }));
    expect(boxOf([...near, bed('far', { lat: 20, lon: 80 })])?.[0]?.[1]).toBeGreaterThan(36.59);
    expect(boxOf([bed('a', { lat: null })])).toBeNull();
    expect(chosenOf(null).features).toEqual([]);
    expect(peopleOf([], nobody, NOW).features).toEqual([]);
  });
});

describe('what reaches the bed', () => {
  const ring = [[101.7, 36.6], [101.8, 36.6], [101.8, 36.7], [101.7, 36.6]];
  const said = { mode: 'e_bike', quantile: 'p90', basis: 'straight_line_model' };
  const found: FeatureCollection = {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { ...said, minutes: 15 } },
      { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[ring]] }, properties: { ...said, minutes: 5 } },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [101.7, 36.6] }, properties: { minutes: 0 } },
    ],
  };

  it('is named by minutes, and says what it rests on', () => {
    expect(reachOf(found).features.map((one) => one.properties?.label)).toEqual(['15分钟', '5分钟']);
    expect(reachText(found)).toContain('直线估算');
    expect(reachText(found)).toContain('电动车');
    expect(reachText(null)).toBeNull();
    expect(reachSpots(found)).toHaveLength(4);
    expect(reachSpots(null)).toEqual([]);
  });
});
