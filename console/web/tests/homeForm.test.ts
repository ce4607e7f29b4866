import { describe, expect, it } from 'vitest';
import type { RegisteredHome } from '../src/api/register';
import { draftOfHome, emptyHome, fieldsOf, movedUp, numberOf, wrongNumbers } from '../src/core/homeForm';

const home: RegisteredHome = {
  bed_id: 'bed-1', resident_id: 'p-1', division_code: '630102001001', address: '某路1号', circle: 'rural', terrain: 'valley', altitude_m: 2260, provider_id: null, lat: 36.62, lon: 101.78,
  resident_name: '王', birth_year: 1938, phone: null, key_safe: null, hazards: '有狗', frailty: 'disabled', version: 3, created_at: '2026-01-01T00:00:00Z', ended_at: null, erased_at: null,
  relatives: [{ id: 'f-1', name: '女', relation: '女儿', phone: '13912345678', consented_at: null, ways: [{ id: 7, channel: 'web_push', address: 'x', enabled: true, failures: 0, verified_at: null }] }],
};

describe('the form of a bed at home', () => {
  it('sends back what it was given when nothing was changed', () => {
    const sent = fieldsOf(draftOfHome(home));
    for (const [name, value] of Object.entries(sent)) if (name !== 'relatives') expect(value, name).toEqual(home[name as keyof RegisteredHome]);
    expect(sent.relatives).toEqual([{ id: 'f-1', name: '女', relation: '女儿', phone: '13912345678', ways: [{ id: 7, channel: 'web_push', address: 'x' }] }]);
  });

  it('says which numbers are none, and that a height is needed', () => {
    expect(wrongNumbers({ ...draftOfHome(home), lat: '三十六', birth_year: '1938.5' })).toEqual(['lat', 'birth_year']);
    expect(wrongNumbers(emptyHome())).toEqual(['altitude_m']);
    expect(wrongNumbers(draftOfHome(home))).toEqual([]);
    expect(numberOf(' 36,62 ')).toBe(36.62);
  });

  it('leaves out what nobody filled in', () => {
    const draft = emptyHome();
    draft.relatives = [{ id: null, name: ' ', relation: '', phone: '', ways: [] }, { id: null, name: '女', relation: '女儿', phone: '', ways: [{ id: null, channel: 'sms', address: ' ' }] }];
    expect(fieldsOf(draft).relatives).toEqual([{ id: null, name: '女', relation: '女儿', phone: null, ways: [] }]);
    expect(fieldsOf(draft).lat).toBeNull();
  });

  it('moves who is called earlier', () => {
    expect(movedUp(['a', 'b', 'c'], 2)).toEqual(['a', 'c', 'b']);
    expect(movedUp(['a', 'b'], 0)).toEqual(['a', 'b']);
    expect(movedUp(['a'], 5)).toEqual(['a']);
  });
});
