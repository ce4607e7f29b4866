import { describe, expect, it } from 'vitest';
import { reportOf } from '../src/core/trialReport';

describe('the report of a trial', () => {
  it('puts first what changes, then what is loud', () => {
    const report = reportOf({
      beds: 2,
      days: 30,
      rules: { spo2: { today: 9, changed: 9 }, low_battery: { today: 1, changed: 1 }, heart_rate: { today: 4, changed: 1, family: 'clinical' } },
      per_bed_day: { today: 0.2, changed: 0.15 },
      per_desk_hour: { today: 0.02, changed: 0.01 },
      budget_per_bed_day: 0.0741,
      differences: [{ bed: 'bed-1', rule: 'heart_rate', today: 4, changed: 1 }],
    });
    expect(report.rules.map((one) => one.rule)).toEqual(['heart_rate', 'spo2', 'low_battery']);
    expect(report.budgets[0]).toEqual({ name: 'perBedDay', today: 0.2, changed: 0.15, limit: 0.0741 });
    expect(report.differences[0]?.bed).toBe('bed-1');
  });

  it('takes what is not there for nothing, without failing', () => {
    expect(reportOf({ rules: null, differences: 'x', per_bed_day: 3 })).toMatchObject({ beds: 0, rules: [], differences: [], budgets: [{ today: 0, limit: null }, { changed: 0 }] });
  });
});
