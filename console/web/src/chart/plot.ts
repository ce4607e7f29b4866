/** One vital sign over time by uPlot: a line with its spread, the person's usual band, limits, alarms (draws). */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Band, Drawn, Limit, Mark } from '../core/trend';

export interface Charted {
  drawn: Drawn;
  usual: Band | null;
  limit: Limit | undefined;
  scale: [number, number];
  window: [number, number];
  marks: Mark[];
  /** Seconds since the epoch as the axis says them. */
  timeText: (atS: number, spanS: number) => string;
  /** What is under the pointer; null when it leaves. */
  onpoint: (point: { atS: number; value: number } | null) => void;
}

const INK = '#16202c';
const FAINT = '#8a95a1';
const USUAL = 'rgba(29, 75, 143, 0.10)';
const SPREAD = 'rgba(22, 32, 44, 0.16)';
const ALARMS = { 1: '#c8102e', 2: '#f2b100', 3: '#2399b5' } as const;
const FONT = '11px system-ui, sans-serif';

export interface Plot {
  resize: (width: number, height: number) => void;
  destroy: () => void;
}

/** Draw a chart into an element. */
export function plot(into: HTMLElement, what: Charted, width: number, height: number): Plot {
  const { drawn } = what;
  const span = (what.window[1] - what.window[0]) / 1000;
  const chart = new uPlot(
    {
      width,
      height,
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      padding: [6, 8, 0, 0],
      scales: {
        x: { time: true, range: [what.window[0] / 1000, what.window[1] / 1000] },
        y: { range: what.scale },
      },
      axes: [
        { font: FONT, stroke: FAINT, size: 22, grid: { show: false }, ticks: { stroke: '#cdd2d9', size: 4 }, space: 56, values: (_self, splits) => splits.map((at) => what.timeText(at, span)) },
        { font: FONT, stroke: FAINT, size: 32, grid: { stroke: '#e0e4e9', width: 1 }, ticks: { show: false }, space: 24 },
      ],
      series: [
        {},
        { stroke: INK, width: 1.5, spanGaps: false, points: { show: false } },
        { stroke: 'transparent', spanGaps: false, points: { show: false } },
        { stroke: 'transparent', spanGaps: false, points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: SPREAD }],
      hooks: {
        drawClear: [(self) => under(self, what)],
        draw: [(self) => over(self, what)],
        setCursor: [
          (self) => {
            const index = self.cursor.idx;
            const value = index == null ? null : (drawn.means[index] ?? null);
            const atS = index == null ? undefined : drawn.times[index];
            what.onpoint(value === null || atS === undefined ? null : { atS, value });
          },
        ],
      },
    },
    [drawn.times, drawn.means, drawn.lows, drawn.highs],
    into,
  );
  return { resize: (wide, high) => chart.setSize({ width: wide, height: high }), destroy: () => chart.destroy() };
}

/** Before the lines: what is usual, and the limits. */
function under(self: uPlot, what: Charted): void {
  const { ctx, bbox } = self;
  ctx.save();
  clip(self);
  if (what.usual !== null) {
    const top = self.valToPos(what.usual.high, 'y', true);
    ctx.fillStyle = USUAL;
    ctx.fillRect(bbox.left, top, bbox.width, Math.max(2, self.valToPos(what.usual.low, 'y', true) - top));
  }
  ctx.strokeStyle = '#525d6a';
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const limit of [what.limit?.low, what.limit?.high]) {
    if (limit == null) continue;
    const at = Math.round(self.valToPos(limit, 'y', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(bbox.left, at);
    ctx.lineTo(bbox.left + bbox.width, at);
    ctx.stroke();
  }
  ctx.restore();
}

/** Over the lines: alarms, by colour, shape and number as in the queue. */
function over(self: uPlot, what: Charted): void {
  const { ctx, bbox } = self;
  const one = devicePixelRatio;
  ctx.save();
  clip(self);
  for (const mark of what.marks) {
    const at = Math.round(self.valToPos(mark.atMs / 1000, 'x', true));
    ctx.strokeStyle = 'rgba(22, 32, 44, 0.35)';
    ctx.lineWidth = one;
    ctx.beginPath();
    ctx.moveTo(at + 0.5, bbox.top);
    ctx.lineTo(at + 0.5, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = ALARMS[mark.priority];
    ctx.beginPath();
    shape(ctx, mark.priority, at, bbox.top + 6 * one, 5 * one);
    ctx.fill();
  }
  ctx.restore();
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

function shape(ctx: CanvasRenderingContext2D, priority: 1 | 2 | 3, x: number, y: number, size: number): void {
  if (priority === 1) {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.lineTo(x - size, y + size);
  } else if (priority === 2) {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
  } else ctx.arc(x, y, size * 0.85, 0, 2 * Math.PI);
  ctx.closePath();
}
