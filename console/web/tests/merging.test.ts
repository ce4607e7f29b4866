import { describe, expect, it } from 'vitest';
import { refusal, sameBed } from '../src/core/merging';
import { incident } from './sample';

const helper = { assignment_id: 'a', responder_id: 'r', name: '王敏', eta_at: '2026-11-23T08:07:00.000Z', accepted_at: '2026-11-23T08:01:00.000Z', arrived_at: null };

describe('two alarms of one bed', () => {
  it('are found, but neither itself nor one that has ended', () => {
    const one = incident('1', { bed_id: 'b' });
    const fall = incident('2', { bed_id: 'b', kind: 'fall' });
    const ended = incident('3', { bed_id: 'b', state: 'CLOSED' });
    expect(sameBed(one, [one, fall, ended, incident('4')])).toEqual([fall]);
  });

  it('become one unless somebody is on the way to this one, or a call for help would end in a lesser one', () => {
    const sos = incident('1');
    const repair = incident('2', { kind: 'low_battery', priority: 3 });
    expect(refusal(sos, incident('3', { kind: 'fall' }))).toBeNull();
    expect(refusal(repair, sos)).toBeNull();
    expect(refusal(sos, repair)).toBe('lesser');
    expect(refusal(incident('4', { helpers: [{ ...helper, state: 'MOVING' }] }), sos)).toBe('helpers');
    expect(refusal(incident('5', { helpers: [{ ...helper, state: 'RELEASED' }] }), sos)).toBeNull();
  });
});
