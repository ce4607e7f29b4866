import { describe, expect, it } from 'vitest';
import { dayStart, detailOf, pageOf, wordsOf } from '../src/core/audit';

const time = (at: string): string => `<${at}>`;

describe('what an entry of the log is about', () => {
  it('has a page of its own, the page of all of them, or none', () => {
    expect(pageOf({ object_kind: 'responder', object_id: 'r/1' })).toBe('/admin/responders/r%2F1');
    expect(pageOf({ object_kind: 'road', object_id: '7' })).toBe('/admin/roads');
    expect(pageOf({ object_kind: 'incident', object_id: 'x' })).toBeNull();
  });
  it('is said in the words of its kind', () => {
    expect(['incident', 'people', 'register', 'health'].map((kind) => wordsOf(kind as 'health'))).toEqual(['step', 'change', 'registerChange', 'auditDid']);
  });
});

describe('details in one line', () => {
  it('show before and after, and only that a name changed', () => {
    const detail = { role: ['dispatcher', 'supervisor'], name: ['', ''], area_code: [null, '630103'] };
    expect(detailOf({ kind: 'register', detail }, time, (name) => name)).toBe('role: dispatcher → supervisor；name；area_code: — → 630103');
  });
  it('write times as the page does and leave out what is empty', () => {
    expect(detailOf({ kind: 'health', detail: { from: '2026-01-01T00:00:00+00:00', until: '' } }, time, (name) => name)).toBe('from: <2026-01-01T00:00:00+00:00>');
    expect(detailOf({ kind: 'audit', detail: { kinds: ['road', 'rule'], by_actor: true } }, time, (name) => name)).toBe('kinds: road、rule；by_actor: true');
  });
  it('say values in words, each in those of its own name', () => {
    const detail = { circle: ['urban', 'rural'], skills: [[], ['repair']], sound: true };
    const said = (name: string, value: string): string => `${name[0] ?? ''}-${value}`;
    expect(detailOf({ kind: 'register', detail }, time, (name) => name, said)).toBe('circle: c-urban → c-rural；skills: — → s-repair；sound: s-true');
  });
  it('leave the engine its own notes', () => {
    expect(detailOf({ kind: 'incident', detail: { wave: 2 } }, time, (name) => name)).toBe('');
  });
});

describe('days', () => {
  it('begin and end at midnight in Beijing', () => {
    expect(dayStart('2026-11-26')).toBe('2026-11-25T16:00:00.000Z');
    expect(dayStart('2026-11-26', 1)).toBe('2026-11-26T16:00:00.000Z');
    expect(dayStart('')).toBeNull();
  });
});
