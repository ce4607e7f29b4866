import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { incident } from './sample';

/** Stands in for the browser's audio, which jsdom lacks: locked until it is resumed, silent once it is closed. */
class FakeAudio {
  static made: FakeAudio[] = [];
  state: 'suspended' | 'running' | 'closed' = 'suspended';
  currentTime = 0;
  destination = {};
  started = 0;
  onstatechange: (() => void) | null = null;

  constructor() {
    FakeAudio.made.push(this);
  }
  resume(): Promise<void> {
    return Promise.resolve().then(() => {
      this.state = 'running';
      this.onstatechange?.();
    });
  }
  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
  createGain() {
    const gain = { value: 0, setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };
    return { gain, connect: (to: unknown) => to };
  }
  createOscillator() {
    return { frequency: { value: 0 }, connect: (to: unknown) => to, start: () => (this.started += 1), stop: () => undefined };
  }
}

describe('the alarm sound', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    vi.stubGlobal('AudioContext', FakeAudio);
    FakeAudio.made = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('goes on after it was unlocked, burst after burst, though an effect has started it', async () => {
    const { AlarmSound } = await import('../src/live/sound.svelte');
    const sound = new AlarmSound();
    const stop = $effect.root(() => {
      $effect(() => sound.start(() => ({ incidents: [incident('a')], isLost: false, nowMs: Date.now() })));
    });
    flushSync();
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
    flushSync();
    expect(sound.state).toBe('on');
    vi.advanceTimersByTime(300);
    expect(sound.bursts).toBe(1);
    vi.advanceTimersByTime(7_000);
    expect(sound.bursts).toBe(2);
    expect(FakeAudio.made).toHaveLength(1);
    expect(FakeAudio.made[0]?.started).toBeGreaterThan(0);
    stop();
    expect([FakeAudio.made[0]?.state, sound.state]).toEqual(['closed', 'locked']);
  });
});
