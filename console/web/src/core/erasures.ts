/** What an erasure does, as people read it: by subject and deed, with the tables behind it (pure). */
import type { ErasureLine } from '../api/erasures';

export interface Deed {
  topic: string;
  act: ErasureLine['act'];
  why: string;
  amount: number;
  isMore: boolean;
  tables: readonly string[];
}

const ORDER: readonly ErasureLine['act'][] = ['delete', 'empty', 'strike', 'keep'];

/** Lines of one topic, deed and reason together; what is deleted first, what is kept last. */
export function deedsOf(lines: readonly ErasureLine[]): Deed[] {
  const found = new Map<string, Deed>();
  for (const line of lines) {
    const key = [line.topic, line.act, line.why].join(' ');
    const held = found.get(key) ?? { topic: line.topic, act: line.act, why: line.why, amount: 0, isMore: false, tables: [] };
    found.set(key, {
      ...held,
      amount: held.amount + line.amount,
      isMore: held.isMore || line.is_more,
      tables: held.tables.includes(line.target) ? held.tables : [...held.tables, line.target],
    });
  }
  return [...found.values()].sort((one, other) => ORDER.indexOf(one.act) - ORDER.indexOf(other.act));
}
