/** How far a copy of a person's data is, and when a page says that it does not come (pure). */
import type { ExportProgress } from '../api/personExports';
import type { Language } from '../messages/languages';

export type Stage = 'idle' | 'asking' | 'coming' | 'done' | 'broken';

/** A browser that has not begun within this time will not: it was refused, or it asked and nobody answered. */
export const BEGINS_WITHIN_MS = 20_000;

/** The stage after the server was asked; `waitedMs` since the download was handed to the browser. */
export function stageOf(progress: Pick<ExportProgress, 'state'>, waitedMs: number): Stage {
  if (progress.state === 'done' || progress.state === 'broken') return progress.state;
  return progress.state === 'waiting' && waitedMs > BEGINS_WITHIN_MS ? 'broken' : 'coming';
}

/** From 0 to 1, by tables; one that is being written does not count yet. */
export function shareOf(progress: Pick<ExportProgress, 'number' | 'of'>): number {
  return progress.of === 0 ? 0 : Math.max(0, progress.number - 1) / progress.of;
}

/** What is being written now, in the language of the page as far as there are words. */
export function titleOf(progress: Pick<ExportProgress, 'title_zh' | 'title_en'>, language: Language): string {
  return language === 'en' ? progress.title_en : progress.title_zh;
}
