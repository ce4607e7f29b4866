/** The grey ground of the map as a style: land, water, houses, borders, roads and names; colours are for alarms (pure). */
import type { GeoJSONSourceSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';

/** What `GET /api/map` says of the map file. */
export interface MapAbout {
  url: string | null;
  /** There is none yet, and it comes by itself. */
  is_awaited: boolean;
  attribution: string;
  is_synthetic: boolean;
  extract_date: string;
  bounds: number[] | null;
  center: number[] | null;
}

/** Drawn by the browser out of the system's fonts, Chinese and Tibetan too: nothing is loaded for them. */
export const FONTS = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft Himalaya', 'Noto Serif Tibetan', 'sans-serif'];
const NOTHING: GeoJSONSourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };

/** Layers of ours, by source; each source holds GeoJSON that `scene.ts` makes. */
export const SOURCES = ['reach', 'closures', 'ways', 'beds', 'stations', 'people', 'alarms', 'chosen'] as const;
export type SourceName = (typeof SOURCES)[number];

// Up to this zoom beds near each other are one dot with their number; a city's beds are apart from the next on.
const BEDS_TOGETHER_TO = 10;

/** The whole style; `language` picks the names that a map has in several. */
export function styleOf(about: MapAbout, language: string): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {};
  if (about.url !== null) sources.ground = { type: 'vector', url: `pmtiles://${about.url}` };
  for (const name of SOURCES) {
    sources[name] = name === 'beds' ? { ...NOTHING, cluster: true, clusterMaxZoom: BEDS_TOGETHER_TO, clusterRadius: 26 } : NOTHING;
  }
  return {
    version: 8,
    sources,
    layers: [{ id: 'ground', type: 'background', paint: { 'background-color': '#e5e7ea' } }, ...(about.url === null ? [] : groundLayers(language)), ...ourLayers()],
  };
}

/** The name in the language of the page, and the Chinese one where there is none. */
const nameIn = (language: string): ['coalesce', ...[string, string][]] => {
  const own = language.startsWith('bo') ? 'name_bo' : language.startsWith('en') ? 'name_en' : 'name';
  return ['coalesce', ['get', own], ['get', 'name']];
};

/** Chinese with the Tibetan name below it, as signs in Qinghai have it. */
const bothNames = (language: string): ['case', ...unknown[]] =>
  ['case', ['all', ['has', 'name_bo'], ['has', 'name']], ['concat', ['get', 'name'], '\n', ['get', 'name_bo']], nameIn(language)];

/** Widths that grow with the zoom: pixels at zooms 8, 12, 15 and 18. */
const grows = (far: number, town: number, street: number, door: number): ['interpolate', ...unknown[]] =>
  ['interpolate', ['exponential', 1.5], ['zoom'], 8, far, 12, town, 15, street, 18, door];

interface RoadLook {
  kinds: string[];
  width: ReturnType<typeof grows>;
  edge: number;
}
const ROADS: RoadLook[] = [
  { kinds: ['path'], width: grows(0, 0, 0.8, 4), edge: 0 },
  { kinds: ['service'], width: grows(0, 0.4, 2, 10), edge: 0 },
  { kinds: ['minor'], width: grows(0, 0.9, 4, 18), edge: 0.6 },
  { kinds: ['tertiary', 'secondary'], width: grows(0.6, 2, 7, 26), edge: 0.8 },
  { kinds: ['primary', 'trunk'], width: grows(1, 3, 9, 30), edge: 1 },
  { kinds: ['motorway'], width: grows(1.2, 3.6, 10, 34), edge: 1.2 },
];
const kindIs = (kinds: string[]): ['in', ['get', string], ['literal', string[]]] => ['in', ['get', 'kind'], ['literal', kinds]];

function groundLayers(language: string): LayerSpecification[] {
  const source = 'ground';
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const text = { 'text-font': FONTS, 'text-padding': 4 };
  const halo = { 'text-halo-color': '#eef0f2', 'text-halo-width': 1.6 };
  return [
    { id: 'built', type: 'fill', source, 'source-layer': 'land', filter: kindIs(['built', 'institution']), paint: { 'fill-color': '#e0e3e6' } },
    { id: 'green', type: 'fill', source, 'source-layer': 'land', filter: kindIs(['green']), paint: { 'fill-color': '#dbe0dc' } },
    { id: 'water', type: 'fill', source, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': '#cad5df' } },
    { id: 'river', type: 'line', source, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'], layout: round, paint: { 'line-color': '#cad5df', 'line-width': grows(0.8, 1.4, 3, 8) as never } },
    { id: 'house', type: 'fill', source, 'source-layer': 'building', minzoom: 13.4, paint: { 'fill-color': '#d7dbdf', 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13.4, 0, 14.2, 1] } },
    ...ROADS.filter((one) => one.edge > 0).map((one): LayerSpecification => ({
      id: `edge-${one.kinds[0] ?? ''}`, type: 'line', source, 'source-layer': 'road', filter: kindIs(one.kinds), layout: round, minzoom: 12,
      paint: { 'line-color': '#d2d7dc', 'line-gap-width': one.width as never, 'line-width': one.edge },
    })),
    ...ROADS.map((one): LayerSpecification => ({
      id: `road-${one.kinds[0] ?? ''}`, type: 'line', source, 'source-layer': 'road', filter: kindIs(one.kinds), layout: round,
      paint: { 'line-color': '#ffffff', 'line-width': one.width as never, ...(one.kinds[0] === 'path' ? { 'line-dasharray': [2, 1.5] } : {}) },
    })),
    { id: 'border', type: 'line', source, 'source-layer': 'boundary', layout: round, paint: { 'line-color': '#a9b2bc', 'line-dasharray': [5, 2, 1, 2], 'line-width': ['match', ['get', 'kind'], 'township', 0.8, 'county', 1.3, 1.8] } },
    {
      id: 'road-name', type: 'symbol', source, 'source-layer': 'road', minzoom: 11.5, filter: ['has', 'name'],
      layout: { ...text, 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-field': nameIn(language) as never, 'text-size': ['interpolate', ['linear'], ['zoom'], 12, 11.5, 16, 14], 'text-letter-spacing': 0.06, 'symbol-sort-key': ['get', 'rank'], 'text-max-angle': 30 },
      paint: { ...halo, 'text-color': '#5f6a76' },
    },
    {
      id: 'water-name', type: 'symbol', source, 'source-layer': 'water', minzoom: 11, filter: ['all', ['has', 'name'], ['==', ['geometry-type'], 'LineString']],
      layout: { ...text, 'symbol-placement': 'line', 'symbol-spacing': 600, 'text-field': nameIn(language) as never, 'text-size': 12, 'text-letter-spacing': 0.2 },
      paint: { 'text-color': '#5b7189', 'text-halo-color': '#dde4ea', 'text-halo-width': 1.2 },
    },
    {
      id: 'spot-name', type: 'symbol', source, 'source-layer': 'spot', minzoom: 13,
      layout: { ...text, 'text-field': nameIn(language) as never, 'text-size': 12, 'text-max-width': 8, 'symbol-sort-key': ['get', 'rank'] },
      paint: { ...halo, 'text-color': '#3d4854' },
    },
    {
      id: 'place-name', type: 'symbol', source, 'source-layer': 'place',
      layout: { ...text, 'text-field': bothNames(language) as never, 'text-size': ['interpolate', ['linear'], ['zoom'], 8, ['match', ['get', 'kind'], 'city', 16, 12], 14, ['match', ['get', 'kind'], 'city', 22, 15]], 'text-max-width': 8, 'symbol-sort-key': ['get', 'rank'], 'text-line-height': 1.3 },
      paint: { ...halo, 'text-color': '#333e4a', 'text-halo-width': 2 },
    },
  ];
}

const ACTION = '#1d4b8f';
const DARK = '#232a33';

/** What the platform knows, over the ground: outlines first, alarms last. */
function ourLayers(): LayerSpecification[] {
  const text = { 'text-font': FONTS };
  const halo = { 'text-halo-color': '#ffffff', 'text-halo-width': 1.8 };
  const label = { ...text, 'text-field': ['get', 'label'] as never, 'text-anchor': 'top', 'text-max-width': 12, 'text-optional': true } as const;
  return [
    { id: 'reach-fill', type: 'fill', source: 'reach', paint: { 'fill-color': ACTION, 'fill-opacity': 0.035 } },
    { id: 'reach-line', type: 'line', source: 'reach', layout: { 'line-join': 'round' }, paint: { 'line-color': ACTION, 'line-width': 1.6, 'line-dasharray': [4, 2.5] } },
    { id: 'reach-name', type: 'symbol', source: 'reach', layout: { ...text, 'symbol-placement': 'line', 'symbol-spacing': 500, 'text-field': ['get', 'label'], 'text-size': 12 }, paint: { ...halo, 'text-color': ACTION } },
    { id: 'closure-fill', type: 'fill', source: 'closures', paint: { 'fill-pattern': ['case', ['get', 'closed'], 'hatch', 'hatch-slow'] } },
    { id: 'closure-line', type: 'line', source: 'closures', paint: { 'line-color': DARK, 'line-width': ['case', ['get', 'closed'], 1.8, 1] } },
    { id: 'closure-name', type: 'symbol', source: 'closures', layout: { ...text, 'text-field': ['get', 'label'], 'text-size': 12, 'text-max-width': 10, 'text-allow-overlap': true }, paint: { ...halo, 'text-color': DARK, 'text-halo-width': 2.4 } },
    { id: 'way', type: 'line', source: 'ways', layout: { 'line-cap': 'round' }, paint: { 'line-color': ACTION, 'line-width': 2.4, 'line-dasharray': [1, 1.8] } },
    { id: 'way-name', type: 'symbol', source: 'ways', layout: { ...text, 'symbol-placement': 'line-center', 'text-field': ['get', 'label'], 'text-size': 12.5, 'text-allow-overlap': true }, paint: { ...halo, 'text-color': ACTION, 'text-halo-width': 2.4 } },
    { id: 'beds-many', type: 'circle', source: 'beds', filter: ['has', 'point_count'], paint: { 'circle-color': '#6f7b88', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.5, 'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 8, 50, 14, 500, 22] } },
    { id: 'beds-number', type: 'symbol', source: 'beds', filter: ['has', 'point_count'], layout: { ...text, 'text-field': ['to-string', ['get', 'point_count']], 'text-size': 11.5, 'text-allow-overlap': true }, paint: { 'text-color': '#ffffff' } },
    {
      id: 'beds', type: 'circle', source: 'beds', filter: ['!', ['has', 'point_count']],
      paint: {
        'circle-color': ['case', ['get', 'old'], '#e5e7ea', '#8791a0'], 'circle-stroke-color': ['case', ['get', 'old'], '#8791a0', '#ffffff'],
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 2.6, 15, 5], 'circle-stroke-width': 1.2,
      },
    },
    { id: 'station', type: 'symbol', source: 'stations', minzoom: 10.5, layout: { ...label, 'icon-image': ['case', ['get', 'open'], 'station', 'station-shut'], 'icon-allow-overlap': true, 'text-size': 12, 'text-offset': [0, 0.8], 'symbol-sort-key': 2 }, paint: { ...halo, 'text-color': '#3d4854' } },
    {
      id: 'person', type: 'symbol', source: 'people',
      layout: { ...label, 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'text-size': 12.5, 'text-offset': [0, 0.9], 'symbol-sort-key': ['case', ['has', 'digit'], 0, 1] },
      paint: { ...halo, 'text-color': ACTION, 'icon-opacity': ['case', ['get', 'old'], 0.5, 1], 'text-opacity': ['interpolate', ['linear'], ['zoom'], 11.5, 0, 12, 1] },
    },
    { id: 'chosen', type: 'circle', source: 'chosen', paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': 13, 'circle-stroke-color': ACTION, 'circle-stroke-width': 2.6 } },
    {
      id: 'alarm', type: 'symbol', source: 'alarms',
      layout: { ...label, 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'text-size': 13, 'text-offset': [0, 1.1], 'symbol-sort-key': ['-', ['get', 'priority']], 'icon-size': ['case', ['get', 'selected'], 1.25, 1] },
      paint: { 'text-color': '#16202c', ...halo, 'text-halo-width': 2.2 },
    },
  ];
}
