import type { trend as zh } from '../zh-CN/trend';
import type { Words } from '../keys';

export const trend = {
  'trend.title': 'Vital signs over time',
  'trend.metric': 'Quantity',
  'trend.range': 'Time span',
  'trend.6h': '6 h',
  'trend.24h': '24 h',
  'trend.7d': '7 d',
  'trend.table': 'Table',
  'trend.asTable': 'Show as a table',
  'trend.nothing': 'No {metric} in this time',
  'trend.from': 'From',
  'trend.mean': 'Mean',
  'trend.lowest': 'Lowest',
  'trend.highest': 'Highest',
  'trend.gap': 'no data',
  'trend.usual': 'Usual {low}–{high} (7 d)',
  'trend.usualHow': '10th to 90th percentile of this person’s last 7 days',
  'trend.limit': 'Alarm at {limits}',
  'trend.byAltitude': ' (by altitude)',
  'trend.summary': '{metric}, last {range}: mean {mean}, lowest {low}, highest {high} {unit}',
  'trend.gaps': 'gaps: {n}',
  'trend.marks': 'alarms: {n}',
  'trend.join': '; ',
} satisfies Words<typeof zh>;
