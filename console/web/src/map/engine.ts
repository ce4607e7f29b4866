/** The map itself: MapLibre over the installation's own tiles, loaded when the page has painted (draws, and asks for tiles). */
import { addProtocol, AttributionControl, Map as MapLibre, setWorkerUrl, type GeoJSONSource, type LngLatBoundsLike, type MapMouseEvent } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection } from 'geojson';
import { Protocol } from 'pmtiles';
import { Frames } from './frames';
import { styleOf, type MapAbout, type SourceName } from './ground';
import { ICON_RATIO, icons } from './icons';
import { QUICK, SPARING, Turns } from './turns';

/** Something on the map that can be pointed at. */
export interface Thing {
  kind: 'alarm' | 'person' | 'bed' | 'station' | 'closure';
  id: string;
}

export interface Listener {
  onpick: (thing: Thing) => void;
  /** What is under the pointer, and where in the map's pane; null when nothing is. */
  onhover: (thing: Thing | null, at: { x: number; y: number }) => void;
  /** Where the map is now, when it has come to rest: longitude, latitude, zoom. */
  onview: (view: string) => void;
  /** The map cannot go on: no graphics, or they were taken away for good. */
  onfail: () => void;
  /** Where nothing is that can be pointed at, a place was pointed at. */
  onplace?: (lon: number, lat: number) => void;
}

export interface MapEngine {
  set: (source: SourceName, shapes: FeatureCollection) => void;
  go: (lon: number, lat: number) => void;
  fit: (box: LngLatBoundsLike, furthest?: number) => void;
  zoom: (by: 1 | -1) => void;
  focus: () => void;
  destroy: () => void;
}

export interface Wanted {
  about: MapAbout;
  language: string;
  /** The canvas's words for those who hear the page. */
  name: string;
  /** Where somebody looked before, as `onview` said it: the map is made anew with another ground or language. */
  view?: string;
  /** No flights: somebody wants little motion. */
  isStill: boolean;
}

const CLOSE_ENOUGH = 12.6;
const CLOSEST = 18;
const GLIDE_MS = 350;
const SETTLED_MS = 1500;
const NEAR_PX = 9;
/** Layers that can be pointed at, the most urgent first. */
const PICKED: readonly [layer: string, kind: Thing['kind']][] = [
  ['alarm', 'alarm'], ['person', 'person'], ['beds', 'bed'], ['station', 'station'], ['closure-fill', 'closure'],
];

let isPrepared = false;
function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  setWorkerUrl(workerUrl);
  addProtocol('pmtiles', new Protocol().tile);
}

/** Whether a graphics card draws: a processor needs a tenth of a second for each picture, in which the page stands still. */
function drawsQuickly(): boolean {
  return document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true }) !== null;
}

/** Make the map; throws where the browser cannot draw it. */
export async function createMap(container: HTMLElement, wanted: Wanted, listener: Listener): Promise<MapEngine> {
  prepare();
  const [lon, lat, zoom] = wanted.view ? wanted.view.split(' ').map(Number) : (wanted.about.center ?? []);
  const isQuick = drawsQuickly();
  const isStill = wanted.isStill || !isQuick;
  const map = new MapLibre({
    container,
    style: styleOf(wanted.about, wanted.language),
    center: [lon ?? 101.77, lat ?? 36.62],
    zoom: zoom ?? 11,
    minZoom: 5,
    maxZoom: CLOSEST,
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    rollEnabled: false,
    renderWorldCopies: false,
    fadeDuration: isStill ? 0 : 120,
    locale: { 'Map.Title': wanted.name },
    // Alarms keep coming while another tab is in front: a lost picture must come back by itself.
    canvasContextAttributes: { failIfMajorPerformanceCaveat: false },
  });
  if (!isQuick) sparingly(map);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  if (wanted.about.attribution !== '') map.addControl(new AttributionControl({ compact: false, customAttribution: wanted.about.attribution }), 'bottom-right');
  for (const { name, image } of icons()) map.addImage(name, image, { pixelRatio: ICON_RATIO });
  listen(map, listener);
  await new Promise<void>((resolve, reject) => {
    map.once('load', () => resolve());
    // Before the map is there, what is wrong with no single source is wrong with the style or the drawing itself.
    map.on('error', (event) => 'sourceId' in event || reject(event.error));
    // Tiles that are not there yet are no reason to give up: `load` waits for none that fail.
    setTimeout(() => (map.isStyleLoaded() ? resolve() : reject(new Error('the map did not load'))), 20_000);
  });
  return engineOf(map, isStill, new Turns(isQuick ? QUICK : SPARING));
}

/** Where the processor draws, the map's pictures wait for keys; those of a map that is being moved by hand do not. */
function sparingly(map: MapLibre): void {
  const frames = new Frames();
  const draw = (): void => MapLibre.prototype.triggerRepaint.call(map);
  map.triggerRepaint = () => (map.isMoving() ? frames.askNow(draw) : frames.ask(draw));
  const hear = (): void => frames.hearKey();
  addEventListener('keydown', hear, { capture: true });
  map.on('remove', () => (removeEventListener('keydown', hear, { capture: true }), frames.end()));
}

function engineOf(map: MapLibre, isStill: boolean, turns: Turns): MapEngine {
  const move = isStill ? { duration: 0 } : { duration: GLIDE_MS };
  // Selecting an alarm opens panes beside the map while it glides: what it glides to stays in the middle of what is left.
  let aim: { center: [number, number]; zoom: number } | null = null;
  map.on('resize', () => aim !== null && map.jumpTo(aim));
  function go(lon: number, lat: number): void {
    const there = { center: [lon, lat] as [number, number], zoom: Math.max(map.getZoom(), CLOSE_ENOUGH) };
    aim = there;
    setTimeout(() => (aim = aim === there ? null : aim), SETTLED_MS);
    turns.soon('go', () => map.easeTo({ ...there, ...move }));
  }
  // Drawing the map anew is the dearest thing that this page does, and in a storm most changes move nothing on it.
  const drawn = new Map<SourceName, string>();
  function set(source: SourceName, shapes: FeatureCollection): void {
    const said = JSON.stringify(shapes);
    if (drawn.get(source) === said) return;
    drawn.set(source, said);
    turns.later(source, () => (map.getSource(source) as GeoJSONSource | undefined)?.setData(shapes));
  }
  return {
    set,
    go,
    fit: (box, furthest = 15) => void map.fitBounds(box, { padding: 44, maxZoom: furthest, ...move }),
    zoom: (by) => void map.easeTo({ zoom: map.getZoom() + by, ...move }),
    focus: () => map.getCanvas().focus(),
    destroy: () => (turns.end(), map.remove()),
  };
}

function listen(map: MapLibre, listener: Listener): void {
  const layers = PICKED.map(([layer]) => layer);
  const thingAt = ({ point }: MapMouseEvent): Thing | null => {
    const box: [[number, number], [number, number]] = [[point.x - NEAR_PX, point.y - NEAR_PX], [point.x + NEAR_PX, point.y + NEAR_PX]];
    const found = map.queryRenderedFeatures(box, { layers });
    for (const [layer, kind] of PICKED) {
      const one = found.find((each) => each.layer.id === layer);
      if (one !== undefined) return { kind, id: String(one.properties.id) };
    }
    return null;
  };
  map.on('click', (event) => {
    const thing = thingAt(event);
    if (thing !== null) listener.onpick(thing);
    else if (listener.onplace !== undefined) listener.onplace(event.lngLat.lng, event.lngLat.lat);
    else void openCluster(map, event);
  });
  let frame = 0;
  map.on('mousemove', (event) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const thing = thingAt(event);
      map.getCanvas().style.cursor = thing === null ? '' : 'pointer';
      listener.onhover(thing, event.point);
    });
  });
  map.on('mouseout', () => (cancelAnimationFrame(frame), listener.onhover(null, { x: 0, y: 0 })));
  const rest = (): void => listener.onview([map.getCenter().lng.toFixed(4), map.getCenter().lat.toFixed(4), map.getZoom().toFixed(2)].join(' '));
  map.on('moveend', rest);
  map.on('load', rest);
  map.on('movestart', () => listener.onhover(null, { x: 0, y: 0 }));
  map.on('webglcontextlost', () => {
    // The browser gives it back by itself, as a rule within a second.
    setTimeout(() => map.getCanvas().getContext('webgl2')?.isContextLost() === true && listener.onfail(), 5000);
  });
}

/** A dot that stands for several beds comes apart when it is clicked. */
async function openCluster(map: MapLibre, event: MapMouseEvent): Promise<void> {
  const one = map.queryRenderedFeatures(event.point, { layers: ['beds-many'] })[0];
  if (one === undefined || one.geometry.type !== 'Point') return;
  const zoom = await (map.getSource('beds') as GeoJSONSource).getClusterExpansionZoom(Number(one.properties.cluster_id));
  const [lon = 0, lat = 0] = one.geometry.coordinates;
  map.easeTo({ center: [lon, lat], zoom: zoom + 0.3, duration: GLIDE_MS });
}
