/** Alarm tones after IEC 60601-1-8: which pulses one burst has, and how long it is quiet until the next (pure). */
import type { Priority } from '../api/types';

export type Tone = Priority | 'lost';

export interface Pulse {
  /** Milliseconds from the start of the burst. */
  atMs: number;
  lastsMs: number;
  /** Of the fundamental, 150 to 1000 Hz; the player adds harmonics up to 4 kHz. */
  hz: number;
}

// Within the limits of the standard's tables 3 and 4: high 75-200 ms with 50-125 ms between, medium and low 125-250 ms.
const HIGH_MS = 150;
const HIGH_GAP_MS = 100;
const GROUP_GAP_MS = 600;
const SLOW_MS = 200;
const SLOW_GAP_MS = 200;

/** High: ten pulses in two groups of three and two. Medium: three. Low: two. A lost link: two that fall, which is no alarm of a person. */
export function burst(tone: Tone): Pulse[] {
  switch (tone) {
    case 1:
      return [...five(0), ...five(fiveMs() + GROUP_GAP_MS)];
    case 2:
      return [784, 659, 523].map((hz, n) => ({ atMs: n * (SLOW_MS + SLOW_GAP_MS), lastsMs: SLOW_MS, hz }));
    case 3:
      return [523, 440].map((hz, n) => ({ atMs: n * (SLOW_MS + SLOW_GAP_MS), lastsMs: SLOW_MS, hz }));
    case 'lost':
      return [392, 262].map((hz, n) => ({ atMs: n * 350, lastsMs: 300, hz }));
  }
}

/** Quiet between two bursts: high 2.5-15 s, medium 2.5-30 s, low above 15 s. */
export function quietMs(tone: Tone): number {
  switch (tone) {
    case 1:
      return 3_000;
    case 2:
      return 12_000;
    case 3:
      return 25_000;
    case 'lost':
      return 10_000;
  }
}

/** How long one burst lasts. */
export const burstMs = (tone: Tone): number => Math.max(...burst(tone).map((pulse) => pulse.atMs + pulse.lastsMs));

// Between the third and the fourth pulse the gap is twice as long, and one pulse more.
function five(fromMs: number): Pulse[] {
  const step = HIGH_MS + HIGH_GAP_MS;
  const starts = [0, step, 2 * step, 2 * step + HIGH_MS + 2 * HIGH_GAP_MS + HIGH_MS, 3 * step + 2 * HIGH_MS + 2 * HIGH_GAP_MS];
  return [698, 698, 698, 880, 880].map((hz, n) => ({ atMs: fromMs + (starts[n] ?? 0), lastsMs: HIGH_MS, hz }));
}

const fiveMs = (): number => Math.max(...five(0).map((pulse) => pulse.atMs + pulse.lastsMs));
