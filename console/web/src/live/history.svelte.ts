/** The past of the bed that one looks at: asked for when a chart is opened, and kept while one stays with the bed. */
import { api, sentenceOf } from '../api/client';
import { METRICS, usualOf, windowOf, type Band, type Limit, type PastIncident, type Range, type TrendSeries } from '../core/trend';

// Buckets for a chart of 350 points' width; never more than the eye can tell apart.
const POINTS = 360;
const USUAL_RANGE = '7d';

interface Shown {
  bedId: string;
  range: Range;
  window: [number, number];
  series: TrendSeries[];
}

export class BedHistory {
  shown = $state.raw<Shown | null>(null);
  limits = $state.raw<Limit[]>([]);
  incidents = $state.raw<PastIncident[]>([]);
  usual = $state.raw<Record<string, Band | null>>({});
  isAsking = $state(false);
  error = $state<string | null>(null);

  #usualBed: string | null = null;
  #turn = 0;

  /** Show a bed's last hours; a later question makes an earlier one's answer worthless. */
  async ask(bedId: string, range: Range, nowMs: number): Promise<void> {
    const turn = (this.#turn += 1);
    this.isAsking = true;
    this.error = null;
    if (this.shown?.bedId !== bedId) this.shown = null;
    try {
      const [window, series] = await this.#read(bedId, range, nowMs);
      if (turn !== this.#turn) return;
      this.shown = { bedId, range, window, series };
      // The week's band and the marks come after the line, which nobody should wait for.
      void this.#learnUsual(bedId, range, series, nowMs);
    } catch (error) {
      if (turn === this.#turn) this.error = sentenceOf(error);
    } finally {
      if (turn === this.#turn) this.isAsking = false;
    }
  }

  async #read(bedId: string, range: Range, nowMs: number): Promise<[[number, number], TrendSeries[]]> {
    const [from, until] = windowOf(range, nowMs);
    const { series } = await api.history(bedId, METRICS, new Date(from).toISOString(), new Date(until).toISOString(), POINTS);
    return [[from, until], series];
  }

  /** Once a bed: every read of somebody's past is on record. */
  async #learnUsual(bedId: string, range: Range, series: TrendSeries[], nowMs: number): Promise<void> {
    if (this.#usualBed === bedId) return;
    this.#usualBed = bedId;
    this.usual = {};
    this.limits = [];
    this.incidents = [];
    const [limits, incidents, week] = await Promise.allSettled([api.limits(bedId), api.pastIncidents(bedId), range === USUAL_RANGE ? Promise.resolve(series) : this.#read(bedId, USUAL_RANGE, nowMs).then(([, found]) => found)]);
    if (this.#usualBed !== bedId) return;
    if (limits.status === 'fulfilled') this.limits = limits.value;
    if (incidents.status === 'fulfilled') this.incidents = incidents.value;
    if (week.status === 'fulfilled') this.usual = Object.fromEntries(METRICS.map((metric) => [metric, usualOf(week.value.find((one) => one.metric === metric))]));
  }
}
