import { describe, expect, it } from 'vitest';
import { differences, draftOf, fieldsOf, inForce, inherited, parseSetting, scopesAround, type Field } from '../src/core/settings';

const fields = fieldsOf({
  properties: {
    enabled: { type: 'boolean', default: true },
    high: { type: 'number', default: 131, exclusiveMinimum: 0, maximum: 250, description: 'at or above' },
    times: { type: 'integer', default: 3, minimum: 1 },
    priority: { enum: [1, 2, 3], type: 'integer', default: 2 },
    fixed: { anyOf: [{ type: 'number' }, { type: 'null' }], default: null },
    tracks: { type: 'array', items: {}, default: [] },
  },
});
const field = (name: string): Field => fields.find((one) => one.name === name) as Field;
const versions = [
  { version: 4, scope: '63', rule: 'heart_rate', settings: { high: 140 } },
  { version: 9, scope: '63', rule: 'heart_rate', settings: {} },
  { version: 5, scope: '', rule: 'heart_rate', settings: { high: 135, times: 2 } },
  { version: 6, scope: '630102', rule: 'heart_rate', settings: { times: 5 } },
  { version: 7, scope: '630102', rule: 'spo2', settings: { times: 9 } },
];

describe('settings as a schema describes them', () => {
  it('know what may be typed', () => {
    expect(fields.map((one) => one.kind)).toEqual(['boolean', 'number', 'number', 'choice', 'number', 'json']);
    expect(field('high')).toMatchObject({ least: 0, isOpenBelow: true, most: 250, isOpenAbove: false, about: 'at or above' });
    expect(field('fixed').mayBeNothing).toBe(true);
  });

  it('say what is wrong with what was typed', () => {
    const said = (name: string, text: string): unknown => Object.values(parseSetting(field(name), text))[0];
    expect(said('high', '140.5')).toBe(140.5);
    expect(said('high', '0')).toBe('low');
    expect(said('high', '251')).toBe('high');
    expect(said('high', '')).toBe('number');
    expect(said('times', '1.5')).toBe('integer');
    expect(said('priority', '1')).toBe(1);
    expect(said('fixed', 'null')).toBeNull();
    expect(parseSetting(field('high'), 'null')).toEqual({ problem: 'number' });
    expect(said('enabled', 'false')).toBe(false);
    expect(parseSetting(field('tracks'), '[{]')).toEqual({ problem: 'json' });
    expect(draftOf([{ a: 1 }])).toBe('[{"a":1}]');
  });
});

describe('scopes', () => {
  it('lie around an area by its digits, and around a bed by where it stands', () => {
    expect(scopesAround('630102')).toEqual(['', '63', '6301']);
    expect(scopesAround('')).toEqual([]);
    expect(scopesAround('bed-1', '630102')).toEqual(['', '63', '6301', '630102']);
  });

  it('count with their newest version; one without settings takes back', () => {
    const force = inForce(versions, 'heart_rate');
    expect(force.get('63')?.version).toBe(9);
    const found = inherited(fields, scopesAround('bed-1', '630102'), force);
    expect(found.get('high')).toEqual({ value: 135, scope: '' });
    expect(found.get('times')).toEqual({ value: 5, scope: '630102' });
    expect(found.get('enabled')).toEqual({ value: true, scope: null });
  });

  it('show what changed from one version to the next', () => {
    expect(differences({ a: 1, b: [1] }, { b: [1], c: 2 })).toEqual([
      ['a', 1, undefined],
      ['c', undefined, 2],
    ]);
  });
});
