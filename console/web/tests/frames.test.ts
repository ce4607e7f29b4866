import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Frames } from '../src/map/frames';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function drawing(): { frames: Frames; drawn: number[]; ask: () => void } {
  const began = Date.now();
  const drawn: number[] = [];
  const frames = new Frames(() => Date.now());
  return { frames, drawn, ask: () => frames.ask(() => drawn.push(Date.now() - began)) };
}

test('at rest a picture is drawn at once, and the next one after a pause in which the page is painted', () => {
  const { drawn, ask } = drawing();
  ask();
  ask();
  ask();
  expect(drawn).toEqual([0]);
  vi.advanceTimersByTime(500);
  expect(drawn).toEqual([0, 120]);
});

test('while keys come the map waits, and it is drawn once when they have ceased', () => {
  const { frames, drawn, ask } = drawing();
  for (let at = 0; at < 2000; at += 100) {
    frames.hearKey();
    ask();
    vi.advanceTimersByTime(100);
  }
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(drawn).toEqual([2250]);
});

test('keys without end do not keep the map waiting for ever', () => {
  const { frames, drawn, ask } = drawing();
  for (let at = 0; at < 7000; at += 100) {
    frames.hearKey();
    ask();
    vi.advanceTimersByTime(100);
  }
  expect(drawn).toEqual([3000, 6000]);
});

test('a map that is being moved by hand does not wait', () => {
  const { frames, drawn } = drawing();
  frames.hearKey();
  frames.askNow(() => drawn.push(1));
  expect(drawn).toEqual([1]);
  vi.advanceTimersByTime(5000);
  expect(drawn).toEqual([1]);
});

test('a map that is gone draws nothing', () => {
  const { frames, drawn, ask } = drawing();
  frames.hearKey();
  ask();
  frames.end();
  vi.advanceTimersByTime(5000);
  expect(drawn).toEqual([]);
});
