/** Paints the dispatcher's map on a canvas: ground, circles, beds, responders and alarms, in this order. */
import type { Circle, Priority } from '../api/types';
import { t } from '../messages';
import { reachM, roundLength, toScreen, type Point, type Size, type View } from './geo';

export interface BedMark {
  id: string;
  point: Point;
}
export interface AlarmMark {
  id: string;
  bedId: string;
  point: Point;
  priority: Priority;
  label: string;
  isSelected: boolean;
}
export interface ResponderMark {
  id: string;
  point: Point;
  label: string;
  isBusy: boolean;
  /** The digit that sends this person, while the dispatch panel shows one. */
  digit: number | null;
}
export interface AreaMark {
  name: string;
  point: Point;
}
export interface Scene {
  beds: readonly BedMark[];
  alarms: readonly AlarmMark[];
  responders: readonly ResponderMark[];
  areas: readonly AreaMark[];
  /** The ways of the helpers of the selected alarm. */
  ways: readonly { from: Point; to: Point }[];
  focus: { point: Point; circle: Circle } | null;
  chosenBed: string | null;
  isOld: boolean;
}

export const RING_MINUTES = [5, 10, 15] as const;

const ALARM: Record<Priority, { fill: string; ink: string }> = {
  1: { fill: '#c8102e', ink: '#ffffff' },
  2: { fill: '#f2b100', ink: '#16202c' },
  3: { fill: '#2399b5', ink: '#0b1a20' },
};
const BLUE = '#1d4b8f';
const TEXT = '#27313d';
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';
const CELL_M = 250;

/** Paint the whole scene; `ratio` is the number of device pixels in one CSS pixel. */
export function draw(canvas: CanvasRenderingContext2D, scene: Scene, view: View, size: Size, ratio: number): void {
  canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
  canvas.fillStyle = '#e7e9ec';
  canvas.fillRect(0, 0, size.width, size.height);
  const at = (point: Point): Point => toScreen(point, view, size);
  drawSettled(canvas, scene.beds, view, at);
  drawGrid(canvas, view, size);
  drawAreas(canvas, scene.areas, at);
  if (scene.focus !== null) drawRings(canvas, scene.focus.point, scene.focus.circle, view, at);
  drawBeds(canvas, scene, view, size, at);
  for (const way of scene.ways) drawWay(canvas, at(way.from), at(way.to));
  const taken: Box[] = scene.alarms.map((alarm) => boxAround(at(alarm.point), 26, 26));
  for (const responder of scene.responders) {
    const width = 2 * radiusOf(responder);
    taken.push(boxAround(at(responder.point), width, width));
  }
  // Digits first: whom the keys send must be readable.
  const responders = scene.responders.toSorted((one, other) => (one.digit ?? 9) - (other.digit ?? 9));
  for (const responder of responders) labelResponder(canvas, responder, at(responder.point), taken);
  for (const responder of responders) drawResponder(canvas, responder, at(responder.point));
  for (const alarm of scene.alarms) if (!alarm.isSelected) drawAlarm(canvas, alarm, at(alarm.point));
  for (const alarm of scene.alarms) if (alarm.isSelected) drawAlarm(canvas, alarm, at(alarm.point));
  drawScale(canvas, view, size);
  if (scene.isOld) {
    canvas.fillStyle = 'rgba(231, 233, 236, 0.55)';
    canvas.fillRect(0, 0, size.width, size.height);
  }
}

/** Where people live: a darker square for every 250 m that has beds, so that the eye finds towns and valleys. */
function drawSettled(canvas: CanvasRenderingContext2D, beds: readonly BedMark[], view: View, at: (point: Point) => Point): void {
  const side = CELL_M / view.metresPerPixel;
  if (side < 2.5) return;
  const cells = new Map<string, { x: number; y: number; count: number }>();
  for (const bed of beds) {
    const x = Math.floor(bed.point.x / CELL_M);
    const y = Math.floor(bed.point.y / CELL_M);
    const key = `${x}/${y}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, { x, y, count: 1 });
    else cell.count += 1;
  }
  canvas.fillStyle = '#c9ced4';
  const inset = Math.min(3, side * 0.08);
  for (const { x, y, count } of cells.values()) {
    const corner = at({ x: x * CELL_M, y: (y + 1) * CELL_M });
    canvas.globalAlpha = Math.min(0.75, 0.26 + count * 0.09);
    canvas.fillRect(corner.x + inset, corner.y + inset, side - 2 * inset, side - 2 * inset);
  }
  canvas.globalAlpha = 1;
}

function drawGrid(canvas: CanvasRenderingContext2D, view: View, size: Size): void {
  const step = gridStepM(view);
  const left = view.center.x - (size.width / 2) * view.metresPerPixel;
  const bottom = view.center.y - (size.height / 2) * view.metresPerPixel;
  const line = (x1: number, y1: number, x2: number, y2: number, isMain: boolean): void => {
    canvas.strokeStyle = '#f7f8f9';
    canvas.lineWidth = isMain ? 2.5 : 1;
    canvas.beginPath();
    canvas.moveTo(x1, y1);
    canvas.lineTo(x2, y2);
    canvas.stroke();
  };
  for (let n = Math.ceil(left / step); n * step < left + size.width * view.metresPerPixel; n += 1) {
    const x = (n * step - left) / view.metresPerPixel;
    line(x, 0, x, size.height, n % 5 === 0);
  }
  for (let n = Math.ceil(bottom / step); n * step < bottom + size.height * view.metresPerPixel; n += 1) {
    const y = size.height - (n * step - bottom) / view.metresPerPixel;
    line(0, y, size.width, y, n % 5 === 0);
  }
}

/** One square of the ground's grid, in metres: about 70 pixels wide. */
export function gridStepM(view: View): number {
  return roundLength(110 * view.metresPerPixel);
}

function drawAreas(canvas: CanvasRenderingContext2D, areas: readonly AreaMark[], at: (point: Point) => Point): void {
  canvas.textAlign = 'center';
  canvas.font = `500 15px ${FONT}`;
  for (const area of areas) {
    const { x, y } = at(area.point);
    text(canvas, area.name, x, y, '#6d7884', 4, '#e7e9ec');
  }
}

function drawRings(canvas: CanvasRenderingContext2D, point: Point, circle: Circle, view: View, at: (point: Point) => Point): void {
  const middle = at(point);
  const outer = reachM(15, circle) / view.metresPerPixel;
  canvas.fillStyle = 'rgba(29, 75, 143, 0.05)';
  canvas.beginPath();
  canvas.arc(middle.x, middle.y, outer, 0, 2 * Math.PI);
  canvas.fill();
  canvas.strokeStyle = BLUE;
  canvas.setLineDash([7, 5]);
  for (const minutes of RING_MINUTES) {
    const radius = reachM(minutes, circle) / view.metresPerPixel;
    canvas.lineWidth = minutes === 15 ? 1.8 : 1.2;
    canvas.beginPath();
    canvas.arc(middle.x, middle.y, radius, 0, 2 * Math.PI);
    canvas.stroke();
  }
  canvas.setLineDash([]);
  canvas.textAlign = 'center';
  canvas.font = `500 12px ${FONT}`;
  for (const minutes of RING_MINUTES) {
    const radius = reachM(minutes, circle) / view.metresPerPixel;
    if (radius < 26) continue;
    const words = minutes === 15 ? t('map.ringBasis', { n: minutes }) : t('map.ring', { n: minutes });
    text(canvas, words, middle.x, middle.y - radius + 4, BLUE, 5, '#eef1f5');
  }
}

function drawBeds(canvas: CanvasRenderingContext2D, scene: Scene, view: View, size: Size, at: (point: Point) => Point): void {
  const radius = view.metresPerPixel < 6 ? 4.5 : view.metresPerPixel < 25 ? 3.4 : 2.6;
  const disc = new Path2D();
  for (const bed of scene.beds) {
    const { x, y } = at(bed.point);
    if (x < -5 || y < -5 || x > size.width + 5 || y > size.height + 5) continue;
    disc.moveTo(x + radius, y);
    disc.arc(x, y, radius, 0, 2 * Math.PI);
    if (bed.id === scene.chosenBed) ringAround(canvas, x, y, radius + 5);
  }
  canvas.fillStyle = '#8a95a1';
  canvas.strokeStyle = '#ffffff';
  canvas.lineWidth = 1.6;
  canvas.stroke(disc);
  canvas.fill(disc);
}

function ringAround(canvas: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  canvas.strokeStyle = BLUE;
  canvas.lineWidth = 2.5;
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, 2 * Math.PI);
  canvas.stroke();
}

function drawWay(canvas: CanvasRenderingContext2D, from: Point, to: Point): void {
  canvas.strokeStyle = BLUE;
  canvas.lineWidth = 2.5;
  canvas.setLineDash([2, 5]);
  canvas.lineCap = 'round';
  canvas.beginPath();
  canvas.moveTo(from.x, from.y);
  canvas.lineTo(to.x, to.y);
  canvas.stroke();
  canvas.setLineDash([]);
  canvas.lineCap = 'butt';
}

function drawResponder(canvas: CanvasRenderingContext2D, responder: ResponderMark, { x, y }: Point): void {
  const radius = radiusOf(responder);
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, 2 * Math.PI);
  canvas.fillStyle = responder.isBusy ? '#ffffff' : BLUE;
  canvas.strokeStyle = responder.isBusy ? BLUE : '#ffffff';
  canvas.lineWidth = responder.isBusy ? 3 : 2;
  canvas.fill();
  canvas.stroke();
  canvas.textAlign = 'center';
  if (responder.digit !== null) {
    canvas.font = `700 12px ${FONT}`;
    canvas.fillStyle = responder.isBusy ? BLUE : '#ffffff';
    canvas.fillText(String(responder.digit), x, y + 4.5);
  }
}

const radiusOf = (responder: ResponderMark): number => (responder.digit === null ? 6.5 : 10);

/** A name where there is room for it; hovering tells the others. */
function labelResponder(canvas: CanvasRenderingContext2D, responder: ResponderMark, { x, y }: Point, taken: Box[]): void {
  const radius = radiusOf(responder);
  canvas.textAlign = 'center';
  canvas.font = `500 12px ${FONT}`;
  const words = boxAround({ x, y: y + radius + 10 }, canvas.measureText(responder.label).width, 15);
  if (taken.some((box) => overlap(box, words))) return;
  taken.push(words);
  text(canvas, responder.label, x, y + radius + 14, BLUE, 4);
}

/** Priority by shape as well as by colour: triangle, diamond, disc. */
function drawAlarm(canvas: CanvasRenderingContext2D, alarm: AlarmMark, { x, y }: Point): void {
  const { fill, ink } = ALARM[alarm.priority];
  const half = alarm.isSelected ? 12 : 9;
  if (alarm.isSelected) ringAround(canvas, x, y, half + 8);
  canvas.fillStyle = fill;
  canvas.strokeStyle = '#ffffff';
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.roundRect(x - half, y - half, 2 * half, 2 * half, 3);
  canvas.fill();
  canvas.stroke();
  canvas.fillStyle = ink;
  canvas.beginPath();
  const inner = half * 0.58;
  if (alarm.priority === 1) polygon(canvas, [[x, y - inner], [x + inner, y + inner * 0.85], [x - inner, y + inner * 0.85]]);
  else if (alarm.priority === 2) polygon(canvas, [[x, y - inner], [x + inner, y], [x, y + inner], [x - inner, y]]);
  else canvas.arc(x, y, inner * 0.85, 0, 2 * Math.PI);
  canvas.fill();
  if (!alarm.isSelected) return;
  canvas.textAlign = 'center';
  canvas.font = `600 13px ${FONT}`;
  text(canvas, alarm.label, x, y + half + 24, TEXT, 4);
}

function drawScale(canvas: CanvasRenderingContext2D, view: View, size: Size): void {
  const metres = gridStepM(view);
  const width = metres / view.metresPerPixel;
  const x = size.width - 16 - width;
  const y = size.height - 14;
  canvas.strokeStyle = TEXT;
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  canvas.moveTo(x, y - 5);
  canvas.lineTo(x, y);
  canvas.lineTo(x + width, y);
  canvas.lineTo(x + width, y - 5);
  canvas.stroke();
  canvas.textAlign = 'center';
  canvas.font = `12px ${FONT}`;
  const words = metres < 1000 ? t('map.metres', { n: metres }) : t('map.km', { n: metres / 1000 });
  text(canvas, words, x + width / 2, y - 5, TEXT, 3);
}

/** Left, top, right and bottom of what must stay readable. */
type Box = readonly [number, number, number, number];

const boxAround = ({ x, y }: Point, width: number, height: number): Box => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
const overlap = (one: Box, other: Box): boolean => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

function polygon(canvas: CanvasRenderingContext2D, corners: readonly (readonly [number, number])[]): void {
  corners.forEach(([x, y], index) => (index === 0 ? canvas.moveTo(x, y) : canvas.lineTo(x, y)));
  canvas.closePath();
}

function text(canvas: CanvasRenderingContext2D, words: string, x: number, y: number, ink: string, halo: number, paper = '#f3f5f7'): void {
  canvas.lineJoin = 'round';
  canvas.strokeStyle = paper;
  canvas.lineWidth = halo;
  canvas.strokeText(words, x, y);
  canvas.fillStyle = ink;
  canvas.fillText(words, x, y);
}
