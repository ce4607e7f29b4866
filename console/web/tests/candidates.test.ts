import { describe, expect, it } from 'vitest';
import type { Candidate } from '../src/api/types';
import { fromText, isEstimate, isForced, loadTexts, mayAssign, mayForce, timesText } from '../src/core/candidates';

const candidate = (changes: Partial<Candidate> = {}): Candidate => ({
  responder_id: 'r-1', name: '王敏', role: 'staff', provider_name: null, rank: 1, eligible: true, why: 'nearest',
  travel_p50_s: 349, travel_p90_s: 531, basis: 'road_network', distance_m: 1200, place_from: 'position', position_age_s: 130,
  travel_mode: 'e_bike', skills: ['first_aid'], accepts: 0.78, went_lately: 1.6, sole_cover: 0, offer: null, ...changes,
});
const hindered = (why: string, changes: Partial<Candidate> = {}): Candidate => candidate({ eligible: false, rank: null, why, ...changes });

describe('somebody who could be sent', () => {
  it('is said to take the usual and the slow time', () => {
    expect(timesText(candidate())).toBe('约6分钟，慢时9分钟');
    expect(timesText(candidate({ travel_p90_s: 360 }))).toBe('约6分钟');
    expect(timesText(candidate({ travel_p50_s: null, travel_p90_s: null }))).toBe('路程未知');
  });

  it('is told with what they can do, how likely they come and what they have carried', () => {
    expect(loadTexts(candidate())).toEqual(['急救', '电动车', '通常78%会接单', '近12小时出勤2次']);
    expect(loadTexts(candidate({ skills: [], went_lately: 0.2, sole_cover: 3 }))).toEqual(['电动车', '通常78%会接单', '近12小时未出勤', '离开后3床无人可及']);
  });

  it('sets out from somewhere, and an old position is not passed off as that', () => {
    expect(fromText(candidate())).toBe('从当前位置出发（2 分钟前）');
    expect(fromText(candidate({ place_from: 'base', position_age_s: 2400 }))).toBe('从常驻点出发（位置是40 分钟前的，未用）');
    expect(fromText(candidate({ place_from: 'provider', position_age_s: null }))).toBe('从机构地址出发');
    expect(fromText(candidate({ place_from: null }))).toBe('');
  });

  it('is marked where the time was measured with a ruler', () => {
    expect(isEstimate('straight_line_model')).toBe(true);
    expect(isEstimate('road_network')).toBe(false);
    expect(isEstimate(null)).toBe(false);
  });

  it('may be forced against an obstacle, once, but never against their will', () => {
    expect(mayForce(hindered('busy'))).toBe(true);
    expect(mayForce(hindered('needed_elsewhere'))).toBe(true);
    expect(mayForce(candidate())).toBe(false);
    expect(mayForce(hindered('no_consent'))).toBe(false);
    expect(mayForce(hindered('undeliverable'))).toBe(false);
    const asked = hindered('busy', { offer: { id: 'o', state: 'DELIVERED' } });
    expect([mayForce(asked), isForced(asked)]).toEqual([false, true]);
    const expired = hindered('busy', { offer: { id: 'o', state: 'EXPIRED' } });
    expect([mayForce(expired), isForced(expired)]).toEqual([true, false]);
  });

  it('may be sent after a phone call also where no message reaches them', () => {
    expect(mayAssign(hindered('undeliverable'))).toBe(true);
    expect(mayAssign(hindered('consent_withdrawn'))).toBe(false);
    expect(mayAssign(hindered('asked', { offer: { id: 'o', state: 'ACCEPTED' } }))).toBe(false);
  });
});
