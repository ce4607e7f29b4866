/** A report on a file: what is shown of it, whether it may be written, and what each problem says (pure). */
import type { components } from '../api/schema';

export type ImportReport = components['schemas']['ImportReport'];
export type ImportLine = components['schemas']['ImportLine'];
export type Shown = 'all' | ImportLine['action'];

/** Longer tables make browsers slow; the rest is reached with a button. */
export const LINES_AT_ONCE = 200;
export const MOST_FILE_BYTES = 5 * 1024 * 1024;

/** The lines of one kind, or all: what must be mended first, then as the sheet has them. */
export function linesOf(report: ImportReport, shown: Shown): readonly ImportLine[] {
  const some = shown === 'all' ? report.lines : report.lines.filter((one) => one.action === shown);
  return some.toSorted((a, b) => Number(b.action === 'error') - Number(a.action === 'error') || a.line - b.line);
}

/** Whether a file may be written: it has no error, and something to say. */
export const canCommit = (report: ImportReport): boolean => report.errors === 0 && report.creates + report.changes > 0;

/** What to show first: the errors where there are any. */
export const firstShown = (report: ImportReport): Shown => (report.errors > 0 ? 'error' : 'all');

/** Why a file need not be sent at all; null where it may. */
export function fileFault(file: { name: string; size: number }): 'large' | 'workbook' | 'empty' | null {
  if (file.size === 0) return 'empty';
  if (/\.(xlsx?|et|ods)$/i.test(file.name)) return 'workbook';
  return file.size > MOST_FILE_BYTES ? 'large' : null;
}

/** How much of a file has been sent, in whole percent. */
export const percent = (sent: number, total: number): number => (total <= 0 ? 0 : Math.min(100, Math.floor((sent / total) * 100)));
