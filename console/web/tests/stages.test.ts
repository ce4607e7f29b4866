import { describe, expect, it } from 'vitest';
import { countdownOf } from '../src/core/countdown';
import { stagesOf } from '../src/core/stages';
import { incident } from './sample';

// Somebody came and left, then the resident pressed again: help is being looked for anew.
const again = incident('a', {
  state: 'SEARCHING',
  accepted_at: '2026-11-23T08:02:00.000Z',
  arrived_at: '2026-11-23T08:06:00.000Z',
});
const reached = (one: typeof again): string[] => stagesOf(one).flatMap((stage) => (stage.at === null ? [] : [stage.name]));

describe('a call after the helper has left', () => {
  it('is no longer shown as accepted or arrived', () => {
    expect(reached(again)).toEqual(['pressed']);
    expect(reached({ ...again, state: 'EN_ROUTE' })).toEqual(['pressed', 'accepted']);
    expect(reached({ ...again, state: 'ON_SCENE' })).toEqual(['pressed', 'accepted', 'arrived']);
  });

  it('names who is on it now, not who was there before', () => {
    const before = { assignment_id: '1', responder_id: 'r1', name: '王敏', state: 'RELEASED' as const, eta_at: '2026-11-23T08:06:00.000Z', accepted_at: '2026-11-23T08:02:00.000Z', arrived_at: '2026-11-23T08:06:00.000Z' };
    const now = { ...before, assignment_id: '2', name: '扎西', state: 'MOVING' as const, accepted_at: '2026-11-23T08:11:00.000Z', arrived_at: null };
    const stage = stagesOf({ ...again, state: 'EN_ROUTE', helpers: [before, now] }).find((one) => one.name === 'accepted');
    expect(stage).toMatchObject({ who: '扎西', at: '2026-11-23T08:11:00.000Z' });
  });

  it('lets the clock run again', () => {
    expect(countdownOf(again, Date.parse('2026-11-23T08:10:00.000Z'))).toEqual({ text: '05:00', isOver: false, isStopped: false });
  });
});
