/** The alarm sound of this tab: plays what has to be heard, says when the browser keeps it locked, can be paused (I/O). */
import { untrack } from 'svelte';
import type { Incident } from '../api/types';
import { holds, pauseNow, soundingOf, type Pause } from '../core/sounding';
import { burst, burstMs, quietMs, type Tone } from '../core/tones';

const LOOK_EVERY_MS = 250;
// Harmonics of a pulse, so that a loudspeaker that is poor in the bass still gives four of them between 300 and 4000 Hz.
const HARMONICS = [1, 0.7, 0.5, 0.35, 0.2];
const VOLUME = 0.22;
const LOUD = 0.5;

export type SoundState = 'on' | 'locked' | 'none';

export class AlarmSound {
  /** `locked`: the browser lets pages sound only after somebody has touched them. */
  state = $state<SoundState>(typeof AudioContext === 'undefined' ? 'none' : 'locked');
  pause = $state.raw<Pause | null>(null);
  /** What sounds now, for the header; null while it is quiet or paused. */
  tone = $state<Tone | null>(null);
  bursts = $state(0);

  #context: AudioContext | null = null;
  #nextAt = 0;
  #played: Tone | null = null;

  /** Follow what `wanted` says; returns how to stop. Any key or touch unlocks the sound. */
  start(wanted: () => { incidents: readonly Incident[]; isLost: boolean; nowMs: number }): () => void {
    const unlock = (): void => void this.unlock();
    const timer = setInterval(() => {
      const { incidents, isLost, nowMs } = wanted();
      this.#look(incidents, isLost, nowMs);
    }, LOOK_EVERY_MS);
    window.addEventListener('pointerdown', unlock, true);
    window.addEventListener('keydown', unlock, true);
    // Whoever starts the sound in an effect must not start it anew, and close this one, because it was unlocked.
    untrack(unlock);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pointerdown', unlock, true);
      window.removeEventListener('keydown', unlock, true);
      void this.#context?.close();
      this.#context = null;
      if (this.state === 'on') this.state = 'locked';
    };
  }

  /** Ask the browser for sound. */
  async unlock(): Promise<void> {
    if (this.state !== 'locked') return;
    try {
      this.#context ??= new AudioContext();
      // Without a touch of the page this promise may wait for ever.
      void this.#context.resume();
      await Promise.resolve();
      this.#context.onstatechange = () => this.#hear();
      this.#hear();
    } catch {
      this.state = 'none';
    }
  }

  /** Play one burst of the highest priority, for the person to hear. */
  async test(): Promise<void> {
    await this.unlock();
    await this.#context?.resume();
    this.#hear();
    this.#play(1, VOLUME);
  }

  /** Be quiet for two minutes, or sound again. Returns whether it is quiet now. */
  toggle(incidents: readonly Incident[], nowMs: number): boolean {
    this.pause = holds(this.pause, incidents, nowMs) ? null : pauseNow(incidents, nowMs);
    this.#nextAt = 0;
    return this.pause !== null;
  }

  #hear(): void {
    if (this.#context !== null) this.state = this.#context.state === 'running' ? 'on' : 'locked';
  }

  #look(incidents: readonly Incident[], isLost: boolean, nowMs: number): void {
    if (this.pause !== null && !holds(this.pause, incidents, nowMs)) this.pause = null;
    const sounding = this.pause === null ? soundingOf(incidents, isLost, nowMs) : null;
    const isChanged = this.#played !== sounding?.tone;
    this.tone = sounding?.tone ?? null;
    if (sounding === null) this.#played = null;
    // What the browser keeps locked is played as soon as it may be.
    if (sounding === null || this.#context?.state !== 'running') return;
    const now = performance.now();
    if (!isChanged && now < this.#nextAt) return;
    this.#played = sounding.tone;
    this.#nextAt = now + burstMs(sounding.tone) + quietMs(sounding.tone) / (sounding.isLoud ? 1.2 : 1);
    this.#play(sounding.tone, sounding.isLoud ? LOUD : VOLUME);
  }

  #play(tone: Tone, volume: number): void {
    const context = this.#context;
    if (context === null || context.state !== 'running') return;
    this.bursts += 1;
    const from = context.currentTime + 0.02;
    for (const pulse of burst(tone)) {
      const begin = from + pulse.atMs / 1000;
      const end = begin + pulse.lastsMs / 1000;
      const rise = pulse.lastsMs / 1000 / 7;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, begin);
      gain.gain.linearRampToValueAtTime(volume, begin + rise);
      gain.gain.setValueAtTime(volume, end - rise);
      gain.gain.linearRampToValueAtTime(0, end);
      gain.connect(context.destination);
      HARMONICS.forEach((part, n) => {
        const oscillator = context.createOscillator();
        const level = context.createGain();
        level.gain.value = part / 3;
        oscillator.frequency.value = pulse.hz * (n + 1);
        oscillator.connect(level).connect(gain);
        oscillator.start(begin);
        oscillator.stop(end + 0.02);
      });
    }
  }
}
