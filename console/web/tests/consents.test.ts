import { describe, expect, it } from 'vitest';
import type { ConsentEntry } from '../src/api/register';
import { consentLines } from '../src/core/consents';

const entry = (id: number, purpose: ConsentEntry['purpose'], about: string, given: boolean, is_current: boolean): ConsentEntry => ({
  id,
  at: '2026-11-20T02:00:00Z',
  subject_kind: 'resident',
  subject_id: 'r-1',
  purpose,
  about,
  about_name: null,
  given,
  since: '2026-11-20T02:00:00Z',
  text_version: 1,
  how: 'paper',
  by_name: 'x',
  note: '',
  is_current,
});

describe('consents of a resident', () => {
  it('are listed whether or not anybody ever spoke of them, relatives one by one', () => {
    const lines = consentLines([], [{ id: 'f-1', name: 'A' }, { id: 'f-2', name: 'B' }]);
    expect(lines.map((one) => [one.purpose, one.about])).toEqual([
      ['care_service', ''],
      ['health_monitoring', ''],
      ['photos', ''],
      ['messages', ''],
      ['family_told', 'f-1'],
      ['family_vitals', 'f-1'],
      ['family_told', 'f-2'],
      ['family_vitals', 'f-2'],
    ]);
    expect(lines.every((one) => one.now === null)).toBe(true);
  });
  it('say what counts now, of the right relative', () => {
    const entries = [entry(3, 'photos', '', false, true), entry(2, 'family_vitals', 'f-2', true, true), entry(1, 'photos', '', true, false)];
    const lines = consentLines(entries, [{ id: 'f-1', name: 'A' }, { id: 'f-2', name: 'B' }]);
    expect(lines.filter((one) => one.now !== null).map((one) => [one.purpose, one.about, one.now?.given])).toEqual([
      ['photos', '', false],
      ['family_vitals', 'f-2', true],
    ]);
  });
});
