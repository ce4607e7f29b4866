/** What somebody did while there was no connection: kept in order, sent once, and never said to be sent before it was (pure). */

export type What = 'accept' | 'decline' | 'moving' | 'arrived' | 'report' | 'photo' | 'handover';

/** One step of a person. Its key goes with every try, so that the server carries it out once. */
export interface Step {
  key: string;
  what: What;
  /** The offer or assignment that it is about. */
  about: string;
  method: 'POST' | 'PUT';
  path: string;
  /** JSON, or a picture. */
  body: unknown;
  madeAt: number;
  attempts: number;
  /** Why the server did not take it; null while it waits. */
  refusal: string | null;
}

export type Answer = 'taken' | 'refused' | 'again';

/** What an answer means. No line, a server that is busy or broken, and a sign-in that has run out: all can be tried again. */
export function meaningOf(status: number): Answer {
  if (status >= 200 && status < 300) return 'taken';
  if (status === 0 || status === 401 || status === 408 || status === 425 || status === 429 || status >= 500) return 'again';
  return 'refused';
}

/** With one more step at the end; the same step of the same thing waits once, pictures are all different. */
export function withStep(steps: readonly Step[], step: Step): Step[] {
  const isSame = (one: Step): boolean => one.what === step.what && one.about === step.about && step.what !== 'photo';
  const position = steps.findIndex((one) => isSame(one));
  if (position < 0) return [...steps, step];
  // One that was refused, or a report that was changed, gives way to the new one; it goes to the end.
  const before = steps[position] as Step;
  if (before.refusal === null && step.what !== 'report' && step.what !== 'arrived') return [...steps];
  return [...steps.filter((one) => one !== before), step];
}

/** The steps after one of them was answered. */
export function afterAnswer(steps: readonly Step[], key: string, status: number, message: string): Step[] {
  switch (meaningOf(status)) {
    case 'taken':
      return steps.filter((one) => one.key !== key);
    case 'again':
      return steps.map((one) => (one.key === key ? { ...one, attempts: one.attempts + 1 } : one));
    case 'refused':
      return steps.map((one) => (one.key === key ? { ...one, refusal: message } : one));
  }
}

/** The step to send next: the oldest that waits. One that was refused holds up no other. */
export const nextOf = (steps: readonly Step[]): Step | null => steps.find((one) => one.refusal === null) ?? null;

export const waitingOf = (steps: readonly Step[]): Step[] => steps.filter((one) => one.refusal === null);

/** A step that was refused waits again, under its own key. */
export const retried = (steps: readonly Step[], key: string): Step[] =>
  steps.map((one) => (one.key === key ? { ...one, refusal: null, attempts: 0 } : one));

export const without = (steps: readonly Step[], key: string): Step[] => steps.filter((one) => one.key !== key);

/** How long to wait before the next try: 2, 4, 8 … at most 30 s. */
export const pauseMs = (attempts: number): number => Math.min(30_000, 1000 * 2 ** Math.min(attempts, 10));

/** Whether a step of this kind about this thing still waits: what the screen must not take for done. */
export const isWaiting = (steps: readonly Step[], what: What, about: string): boolean =>
  steps.some((one) => one.what === what && one.about === about && one.refusal === null);
