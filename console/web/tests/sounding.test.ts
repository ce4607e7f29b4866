import { describe, expect, it } from 'vitest';
import { holds, LONGEST_PAUSE_MS, pauseNow, soundingOf } from '../src/core/sounding';
import { incident } from './sample';

const NOW = Date.parse('2026-11-23T08:00:10.000Z');
const acknowledged = { acknowledged_at: '2026-11-23T08:00:05.000Z' };

describe('what sounds', () => {
  it('is the most urgent alarm that nobody has acknowledged, again and again', () => {
    expect(soundingOf([incident('a', { priority: 3 }), incident('b', { priority: 2 })], false, NOW)?.tone).toBe(2);
    expect(soundingOf([incident('a', acknowledged), incident('b', { priority: 2, ...acknowledged })], false, NOW)).toBeNull();
    expect(soundingOf([incident('a')], false, NOW + 3_600_000)?.tone).toBe(1);
  });

  it('lets a hint of low priority rest after a minute', () => {
    expect(soundingOf([incident('a', { priority: 3 })], false, NOW)?.tone).toBe(3);
    expect(soundingOf([incident('a', { priority: 3 })], false, NOW + 61_000)).toBeNull();
  });

  it('says that the link is lost, unless something worse is known', () => {
    expect(soundingOf([], true, NOW)?.tone).toBe('lost');
    expect(soundingOf([incident('a', { priority: 3 })], true, NOW)?.tone).toBe('lost');
    expect(soundingOf([incident('a')], true, NOW)?.tone).toBe(1);
  });

  it('is louder where nobody has claimed it and the centre was called again', () => {
    expect(soundingOf([incident('a', { level: 1 })], false, NOW)?.isLoud).toBe(true);
    expect(soundingOf([incident('a'), incident('b', { priority: 2, level: 2 })], false, NOW)?.isLoud).toBe(false);
  });
});

describe('a pause', () => {
  it('ends by itself after two minutes', () => {
    const pause = pauseNow([incident('a')], NOW);
    expect(LONGEST_PAUSE_MS).toBe(120_000);
    expect(holds(pause, [incident('a')], NOW + 119_999)).toBe(true);
    expect(holds(pause, [incident('a')], NOW + 120_000)).toBe(false);
  });

  it('is broken by a new P1 and by nothing less', () => {
    const pause = pauseNow([incident('a')], NOW);
    expect(holds(pause, [incident('a'), incident('b', { priority: 2 })], NOW + 1)).toBe(true);
    expect(holds(pause, [incident('a'), incident('b')], NOW + 1)).toBe(false);
  });
});
