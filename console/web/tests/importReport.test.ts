import { describe, expect, it } from 'vitest';
import { canCommit, fileFault, firstShown, linesOf, percent, type ImportLine, type ImportReport } from '../src/core/importReport';

const line = (number: number, action: ImportLine['action']): ImportLine => ({ line: number, object_id: `v-${number}`, action, problems: [], changed: [] });
const report = (...lines: ImportLine[]): ImportReport => ({
  kind: 'responders',
  fingerprint: 'f',
  import_id: null,
  errors: lines.filter((one) => one.action === 'error').length,
  creates: lines.filter((one) => one.action === 'create').length,
  changes: lines.filter((one) => one.action === 'change').length,
  unchanged: lines.filter((one) => one.action === 'unchanged').length,
  ignored_columns: [],
  lines,
});

describe('a report on a file', () => {
  it('has its errors first and keeps the order of the sheet', () => {
    const shown = linesOf(report(line(2, 'create'), line(3, 'error'), line(4, 'change'), line(7, 'error')), 'all');
    expect(shown.map((one) => one.line)).toEqual([3, 7, 2, 4]);
  });

  it('shows one kind of line alone', () => {
    const mixed = report(line(2, 'create'), line(3, 'error'), line(4, 'create'));
    expect(linesOf(mixed, 'create').map((one) => one.line)).toEqual([2, 4]);
    expect(linesOf(mixed, 'unchanged')).toEqual([]);
    expect(firstShown(mixed)).toBe('error');
    expect(firstShown(report(line(2, 'create')))).toBe('all');
  });

  it('may be written only without errors and with something to write', () => {
    expect(canCommit(report(line(2, 'create'), line(3, 'change')))).toBe(true);
    expect(canCommit(report(line(2, 'create'), line(3, 'error')))).toBe(false);
    expect(canCommit(report(line(2, 'unchanged')))).toBe(false);
  });
});

describe('a file', () => {
  it('that cannot be one is not sent', () => {
    expect(fileFault({ name: 'people.csv', size: 10 })).toBeNull();
    expect(fileFault({ name: 'people.XLSX', size: 10 })).toBe('workbook');
    expect(fileFault({ name: 'people.csv', size: 0 })).toBe('empty');
    expect(fileFault({ name: 'people.csv', size: 5 * 1024 * 1024 + 1 })).toBe('large');
    expect(fileFault({ name: 'people.csv', size: 5 * 1024 * 1024 })).toBeNull();
  });

  it('is sent when all of it is', () => {
    expect([percent(0, 0), percent(1, 3), percent(3, 3), percent(4, 3)]).toEqual([0, 33, 100, 100]);
  });
});
