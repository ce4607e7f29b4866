import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Turns } from '../src/map/turns';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const PACE = { pauseMs: 1000, settleMs: 250 };

function drawing(): { turns: Turns; drawn: string[] } {
  const drawn: string[] = [];
  return { turns: new Turns(PACE, () => Date.now()), drawn };
}

test('what comes together is drawn together, the last of each name, after the page has painted', () => {
  const { turns, drawn } = drawing();
  turns.later('alarms', () => drawn.push('alarms 1'));
  turns.later('people', () => drawn.push('people 1'));
  turns.later('alarms', () => drawn.push('alarms 2'));
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(59);
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(drawn).toEqual(['alarms 2', 'people 1']);
});

test('a storm of changes is drawn once a pause, and its last state is drawn for certain', () => {
  const { turns, drawn } = drawing();
  for (let at = 0; at < 5000; at += 10) {
    turns.later('alarms', () => drawn.push(String(at)));
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(drawn.length).toBe(6);
  expect(drawn.at(-1)).toBe('4990');
});

test('what somebody chose waits for no pause, only until nothing else is chosen', () => {
  const { turns, drawn } = drawing();
  turns.later('alarms', () => drawn.push('alarms'));
  vi.advanceTimersByTime(60);
  for (const row of ['a', 'b', 'c']) {
    turns.soon('go', () => drawn.push(row));
    vi.advanceTimersByTime(100);
  }
  expect(drawn).toEqual(['alarms']);
  turns.later('people', () => drawn.push('people'));
  vi.advanceTimersByTime(210);
  expect(drawn).toEqual(['alarms', 'c', 'people']);
});

test('a choice and what waits are drawn together, and choosing on and on holds nothing up', () => {
  const { turns, drawn } = drawing();
  turns.later('alarms', () => drawn.push('alarms 1'));
  vi.advanceTimersByTime(60);
  turns.later('people', () => drawn.push('people'));
  turns.soon('go', () => drawn.push('go'));
  vi.advanceTimersByTime(310);
  expect(drawn).toEqual(['alarms 1', 'people', 'go']);
  turns.later('people', () => drawn.push('people again'));
  for (let turn = 0; turn < 30; turn += 1) {
    turns.soon('go', () => drawn.push('on the way'));
    vi.advanceTimersByTime(100);
  }
  expect(drawn).toContain('people again');
});

test('after the end nothing is drawn', () => {
  const { turns, drawn } = drawing();
  turns.later('alarms', () => drawn.push('alarms'));
  turns.soon('go', () => drawn.push('go'));
  turns.end();
  vi.advanceTimersByTime(5000);
  expect(drawn).toEqual([]);
});
