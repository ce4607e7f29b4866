/** The report of a trial of rules, out of the JSON that the replay writes (pure). */

export interface TrialReport {
  beds: number;
  days: number;
  rules: { rule: string; today: number; changed: number }[];
  differences: { bed: string; rule: string; today: number; changed: number }[];
  budgets: { name: 'perBedDay' | 'perDeskHour'; today: number; changed: number; limit: number | null }[];
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const pair = (value: unknown): { today: number; changed: number } => ({ today: count(objectOf(value).today), changed: count(objectOf(value).changed) });

/** What a newer server leaves out counts as nothing. Rules that change come first, then the loudest. */
export function reportOf(said: Readonly<Record<string, unknown>>): TrialReport {
  const limit = count(said.budget_per_bed_day);
  const rules = Object.entries(objectOf(said.rules)).map(([rule, value]) => ({ rule, ...pair(value) }));
  const change = (one: { today: number; changed: number }): number => Math.abs(one.changed - one.today);
  return {
    beds: count(said.beds),
    days: count(said.days),
    rules: rules.sort((one, other) => change(other) - change(one) || other.today - one.today || (one.rule < other.rule ? -1 : 1)),
    differences: (Array.isArray(said.differences) ? said.differences : []).map((value) => ({ bed: String(objectOf(value).bed ?? ''), rule: String(objectOf(value).rule ?? ''), ...pair(value) })),
    budgets: [
      { name: 'perBedDay', ...pair(said.per_bed_day), limit: limit > 0 ? limit : null },
      { name: 'perDeskHour', ...pair(said.per_desk_hour), limit: null },
    ],
  };
}
