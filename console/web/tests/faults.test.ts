/** Faults find their field: itself, the nearest around it, the first within it; what has none is said elsewhere. */
import { describe, expect, it } from 'vitest';
import { fieldFor, placed, type FieldFault } from '../src/core/faults';

const fault = (field: string, code = 'needed'): FieldFault => ({ field, code, message: code });
const SHOWN = ['name', 'phone', 'relatives.0.name', 'relatives.0.phone', 'relatives.0.ways.0'];

describe('the field of a fault', () => {
  it.each([
    ['phone', 'phone'],
    ['relatives.0.phone', 'relatives.0.phone'],
    ['relatives.0.ways.0.address', 'relatives.0.ways.0'],
    ['relatives.0.ways', 'relatives.0.ways.0'],
    ['relatives', 'relatives.0.name'],
    ['relatives.1.phone', null],
    ['nam', null],
    ['file', null],
  ])('%s is shown at %s', (path, at) => {
    expect(fieldFor(path, SHOWN)).toBe(at);
  });
});

describe('faults of a form', () => {
  it('stand each at its field, the first one of several; the others are kept', () => {
    const { at, rest } = placed([fault('phone', 'a'), fault('phone', 'b'), fault('file'), fault('name')], SHOWN);
    expect([...at].map(([field, one]) => [field, one.code])).toEqual([['phone', 'a'], ['name', 'needed']]);
    expect(rest).toEqual([fault('file')]);
  });
});
