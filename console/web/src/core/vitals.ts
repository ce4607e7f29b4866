/** Vital signs that somebody typed on a phone: numbers inside what can be, or which of them are none (pure). */

export type VitalField = 'heart_rate_bpm' | 'respiratory_rate_per_min' | 'spo2_percent' | 'systolic_mmhg' | 'diastolic_mmhg' | 'body_temperature_c';

/** What can be written down at all, as the server has it; no judgement of what is healthy. */
const RANGES: Record<VitalField, { least: number; most: number; isWhole: boolean }> = {
  heart_rate_bpm: { least: 0, most: 300, isWhole: true },
  respiratory_rate_per_min: { least: 0, most: 100, isWhole: true },
  spo2_percent: { least: 0, most: 100, isWhole: true },
  systolic_mmhg: { least: 30, most: 300, isWhole: true },
  diastolic_mmhg: { least: 10, most: 200, isWhole: true },
  body_temperature_c: { least: 20, most: 45, isWhole: false },
};

export interface Vitals {
  measured: Partial<Record<VitalField, number>>;
  wrong: VitalField[];
}

/** Empty fields were not measured; a comma counts as a point. The lower pressure must be below the upper one. */
export function vitalsOf(typed: Partial<Record<VitalField, string>>): Vitals {
  const measured: Vitals['measured'] = {};
  const wrong: VitalField[] = [];
  for (const field of Object.keys(RANGES) as VitalField[]) {
    const text = (typed[field] ?? '').trim().replace(/[,，。]/, '.');
    if (text === '') continue;
    const { least, most, isWhole } = RANGES[field];
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most) || (isWhole && !Number.isInteger(value))) wrong.push(field);
    else measured[field] = value;
  }
  const { systolic_mmhg: upper, diastolic_mmhg: lower } = measured;
  if (upper !== undefined && lower !== undefined && lower >= upper) wrong.push('diastolic_mmhg');
  return { measured, wrong };
}
