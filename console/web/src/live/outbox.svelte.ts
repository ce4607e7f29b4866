/** The outbox of one person on this phone: kept before it is sent, sent in order, shown until it was taken (I/O). */
import { tryOnce } from '../api/phone';
import { newKey } from '../core/key';
import { afterAnswer, meaningOf, nextOf, pauseMs, retried, waitingOf, without, withStep, type Step, type What } from '../core/outbox';
import { keep, kept } from './kept';

export type Delivered = { kind: 'taken'; said: unknown } | { kind: 'refused'; message: string } | { kind: 'waiting' };
type Taken = (step: Step, said: unknown) => void;

export class Outbox {
  steps = $state.raw<Step[]>([]);
  isSending = $state(false);
  readonly waiting = $derived(waitingOf(this.steps));
  readonly refused = $derived(this.steps.filter((one) => one.refusal !== null));

  #name: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #ontaken: Taken;

  /** `owner` is whose steps they are: nobody else's are ever sent under their sign-in. */
  constructor(owner: string, ontaken: Taken) {
    this.#name = `outbox ${owner}`;
    this.#ontaken = ontaken;
  }

  /** Take up what an earlier visit left behind; returns how to stop. */
  start(): () => void {
    const again = (): void => void this.flush();
    const onShown = (): void => {
      if (document.visibilityState === 'visible') again();
    };
    addEventListener('online', again);
    document.addEventListener('visibilitychange', onShown);
    void kept<Step[]>(this.#name).then((before) => {
      const known = new Set(this.steps.map((one) => one.key));
      this.steps = [...(before ?? []).filter((one) => !known.has(one.key)), ...this.steps];
      again();
    });
    return () => {
      removeEventListener('online', again);
      document.removeEventListener('visibilitychange', onShown);
      clearTimeout(this.#timer);
    };
  }

  /** Do a step: keep it, try it, and say honestly what came of it. */
  async add(what: What, about: string, method: Step['method'], path: string, body: unknown = null): Promise<Delivered> {
    const step: Step = { key: newKey(), what, about, method, path, body, madeAt: Date.now(), attempts: 0, refusal: null };
    await this.#set(withStep(this.steps, step));
    let outcome: Delivered = { kind: 'waiting' };
    const listen: Taken = (taken, said) => {
      if (taken.key === step.key) outcome = { kind: 'taken', said };
    };
    await this.flush(listen);
    const now = this.steps.find((one) => one.key === step.key);
    if (now !== undefined && now.refusal !== null) return { kind: 'refused', message: now.refusal };
    return outcome;
  }

  /** Send what waits, one after the other, until one cannot be sent now. */
  async flush(listen?: Taken): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#running !== null) await this.#running;
    this.#running = this.#send(listen);
    try {
      await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async retry(key: string): Promise<void> {
    await this.#set(retried(this.steps, key));
    await this.flush();
  }

  async drop(key: string): Promise<void> {
    await this.#set(without(this.steps, key));
  }

  async #send(listen?: Taken): Promise<void> {
    this.isSending = true;
    try {
      for (let step = nextOf(this.steps); step !== null; step = nextOf(this.steps)) {
        const { key } = step;
        const outcome = await tryOnce(step.method, step.path, step.body, key);
        // Taken back meanwhile, or replaced: the answer changes nothing on this side.
        if (this.steps.some((one) => one.key === key)) await this.#set(afterAnswer(this.steps, key, outcome.status, outcome.message));
        if (meaningOf(outcome.status) === 'taken') {
          listen?.(step, outcome.said);
          this.#ontaken(step, outcome.said);
        } else if (meaningOf(outcome.status) === 'again') {
          this.#timer = setTimeout(() => void this.flush(), pauseMs(step.attempts + 1));
          return;
        }
      }
    } finally {
      this.isSending = false;
    }
  }

  async #set(steps: Step[]): Promise<void> {
    this.steps = steps;
    await keep(this.#name, steps);
  }
}
