import { describe, expect, it } from 'vitest';
import type { Bed, Responder } from '../src/api/types';
import { callees } from '../src/core/contacts';
import { DEFAULT_KEYS } from '../src/core/keymap';
import { search } from '../src/core/palette';
import { undoLeftMs } from '../src/core/undo';
import { incident } from './sample';

const bed = { id: 'bed-77', resident_name: '王秀兰', address: '礼让街3号', county_name: '城中区' } as Bed;
const responder = { id: 'r-1', name: '马桂芳', role: 'nurse', provider_name: '康乐站', on_duty: true, busy: false } as Responder;
const places = { incidents: [incident('a')], beds: [bed], responders: [responder], commands: ['acknowledge', 'note'] as const, keymap: DEFAULT_KEYS };
const found = (typed: string) => search(typed, places).map((one) => [one.what, one.id]);

describe('the palette', () => {
  it('finds residents, addresses, beds, people, alarms and commands', () => {
    expect(found('王秀')).toEqual([['bed', 'bed-77']]);
    expect(found('礼让街')).toEqual([['bed', 'bed-77']]);
    expect(found('bed-77')).toEqual([['bed', 'bed-77']]);
    expect(found('康乐')).toEqual([['responder', 'r-1']]);
    expect(found('18栋')).toEqual([['incident', 'a']]);
    expect(found('备注')).toEqual([['command', 'note']]);
    expect(found('没有这个')).toEqual([]);
  });

  it('asks for all words, and offers what waits before anything is typed', () => {
    expect(found('王秀 城中')).toEqual([['bed', 'bed-77']]);
    expect(found('王秀 城东')).toEqual([]);
    expect(found('')).toEqual([['incident', 'a'], ['command', 'acknowledge'], ['command', 'note']]);
  });
});

describe('whom to call', () => {
  const place = 100;
  const contacts = [{ name: '远亲', relation: '外甥', phone: '3', place }, { name: '邻', relation: '邻居', phone: '2', place }, { name: '女', relation: '女儿', phone: '1', place }, { name: '无', relation: '儿子', phone: null, place }];
  it('is the resident, then the nearest relatives, then 120 for what threatens life', () => {
    expect(callees({ contacts }, '李建国', '0', incident('a')).map((one) => one.phone)).toEqual(['0', '1', '2', '3', '120']);
    expect(callees({ contacts }, '李建国', null, incident('a', { priority: 2 })).map((one) => one.phone)).toEqual(['1', '2', '3']);
  });
  it('follows the order of the register before any guess from the words', () => {
    const ordered = [{ ...contacts[0]!, place: 10 }, { ...contacts[2]!, place: 30 }, { ...contacts[1]!, place: 20 }];
    expect(callees({ contacts: ordered }, '李建国', '0', incident('a')).map((one) => one.phone)).toEqual(['0', '3', '2', '1', '120']);
  });
});

describe('taking back', () => {
  const mine = incident('a', { acknowledged_at: '2026-11-23T08:00:00.000Z' });
  const at = Date.parse('2026-11-23T08:00:00.000Z');
  it('is possible for ten seconds, and only for what oneself has taken', () => {
    expect(undoLeftMs(mine, 'a', at + 9_000)).toBe(1_000);
    expect(undoLeftMs(mine, 'a', at + 10_000)).toBe(0);
    expect(undoLeftMs(mine, 'b', at)).toBe(0);
    expect(undoLeftMs(incident('a'), 'a', at)).toBe(0);
  });
});
