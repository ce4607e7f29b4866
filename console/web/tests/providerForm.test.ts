import { describe, expect, it } from 'vitest';
import { draftOfProvider, emptyProvider, placeOf, providerFieldsOf, wrongProviderNumbers } from '../src/core/providerForm';

describe('the form of a provider', () => {
  it('sends what it was given, and nothing where nothing was written', () => {
    const draft = { ...emptyProvider(), name: ' 东关站 ', area_code: '630102', lat: '36.62', lon: '101.8', skills: ['repair', 'first_aid'] as const };
    expect(providerFieldsOf({ ...draft, skills: [...draft.skills] })).toEqual({ name: '东关站', kind: 'station', area_code: '630102', lat: 36.62, lon: 101.8, phone: null, out_at_once: null, skills: ['first_aid', 'repair'] });
  });
  it('comes back as it was read', () => {
    const one = { provider_id: 'v', name: '站', kind: 'station', area_code: '630102', lat: 36.6, lon: 101.7, phone: '0971', out_at_once: 2, skills: ['repair'], area_name: null, version: 1, ended_at: null, beds: 0, people: 0 } as const;
    const { name, kind, area_code, lat, lon, phone, out_at_once } = one;
    expect(providerFieldsOf(draftOfProvider({ ...one, skills: [...one.skills] }))).toEqual({ name, kind, area_code, lat, lon, phone, out_at_once, skills: ['repair'] });
  });
  it('knows which numbers are none, and needs a place', () => {
    expect(wrongProviderNumbers(emptyProvider())).toEqual(['lat', 'lon']);
    expect(wrongProviderNumbers({ ...emptyProvider(), lat: '36', lon: 'x', out_at_once: '0' })).toEqual(['lon', 'out_at_once']);
    expect(placeOf({ lat: '36.6', lon: '' })).toBeNull();
    expect(placeOf({ lat: '136.6', lon: '101' })).toBeNull();
    expect(placeOf({ lat: '36.6', lon: '101.7' })).toEqual({ lat: 36.6, lon: 101.7 });
  });
});
