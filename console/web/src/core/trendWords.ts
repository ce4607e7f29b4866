/** A chart in words: what it shows for those who hear the page, and times along its axis (pure). */
import { label, t } from '../messages';
import { shortTimeText } from './ages';
import { drawnOf, type Band, type Range, type TrendSeries } from './trend';

const DAY_S = 86_400;
const CHINA_S = 8 * 3600;
const MIDNIGHT_WITHIN_S = 60;

/** 心率，近6小时：平均72，最低58，最高96次/分；数据中断2次；平常68–76；报警1次。 */
export function summaryOf(series: TrendSeries, range: Range, usual: Band | null, marks: number): string {
  const weight = series.points.reduce((sum, point) => sum + point.n, 0);
  if (weight === 0) return t('trend.nothing', { metric: label('metric', series.metric) });
  const mean = series.points.reduce((sum, point) => sum + point.mean * point.n, 0) / weight;
  const parts = [
    t('trend.summary', {
      metric: label('metric', series.metric),
      range: t(`trend.${range}`),
      mean: Math.round(mean),
      low: Math.round(Math.min(...series.points.map((point) => point.min ?? point.mean))),
      high: Math.round(Math.max(...series.points.map((point) => point.max ?? point.mean))),
      unit: label('unit', series.unit),
    }),
    t('trend.gaps', { n: drawnOf(series).means.filter((one) => one === null).length }),
  ];
  if (usual !== null) parts.push(t('trend.usual', { low: Math.round(usual.low), high: Math.round(usual.high) }));
  if (marks > 0) parts.push(t('trend.marks', { n: marks }));
  return parts.join(t('trend.join'));
}

/** The time at a tick: hours and minutes; over several days the day at its midnight in China. */
export function axisText(atS: number, spanS: number): string {
  const sinceMidnight = (atS + CHINA_S) % DAY_S;
  if (spanS <= 2 * DAY_S) return shortTimeText(atS * 1000);
  const day = new Date((atS + CHINA_S) * 1000);
  const date = `${day.getUTCMonth() + 1}/${day.getUTCDate()}`;
  return sinceMidnight < MIDNIGHT_WITHIN_S ? date : `${date} ${shortTimeText(atS * 1000)}`;
}
