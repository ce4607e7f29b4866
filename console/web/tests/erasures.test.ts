import { describe, expect, it } from 'vitest';
import type { ErasureLine } from '../src/api/erasures';
import { deedsOf } from '../src/core/erasures';

const line = (target: string, act: ErasureLine['act'], amount: number, other: Partial<ErasureLine> = {}): ErasureLine => ({ topic: 'rollups', target, act, why: '', amount, is_more: false, ...other });

describe('what an erasure does', () => {
  it('puts the tables of one topic and deed together, and says when there are more than were counted', () => {
    const deeds = deedsOf([line('vitals_hour', 'delete', 3), line('vitals_day', 'delete', 100_000, { is_more: true })]);
    expect(deeds).toEqual([{ topic: 'rollups', act: 'delete', why: '', amount: 100_003, isMore: true, tables: ['vitals_hour', 'vitals_day'] }]);
  });
  it('names a table once, and what is kept last', () => {
    const deeds = deedsOf([line('incident', 'keep', 1, { why: 'evidence' }), line('incident', 'strike', 1), line('incident', 'strike', 2)]);
    expect(deeds.map((one) => [one.act, one.tables])).toEqual([['strike', ['incident']], ['keep', ['incident']]]);
  });
});
