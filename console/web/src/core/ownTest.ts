/** What a relative is told of a test message of theirs, and whether the page should look again soon (pure). */
import type { components } from '../api/schema';

export type OwnTest = components['schemas']['OwnTest'];

const ADVICE = ['web_push', 'sms', 'voice', 'email'] as const;
type Advised = (typeof ADVICE)[number];
export type Advice = Advised | 'other';
export type Fate = 'WAITING' | 'SENT' | 'came' | 'CONFIRMED' | 'DELIVERED' | 'NO_ANSWER' | 'FAILED' | 'SKIPPED';

/** The fate in the page's words: waiting and being sent are one to whoever waits, and sent is two. */
export function fateOf(test: Pick<OwnTest, 'state' | 'came'>): Fate {
  if (test.state === 'SENDING') return 'WAITING';
  return test.state === 'SENT' && test.came ? 'came' : test.state;
}

/** What to do about a refusal, by channel. */
export function adviceFor(channel: string): Advice {
  return ADVICE.find((one) => one === channel) ?? 'other';
}

/** Whether there may be news in seconds: something is being sent, or was handed over and nobody has confirmed so far. */
export function mayChange(test: Pick<OwnTest, 'state'> | null | undefined): boolean {
  return test?.state === 'WAITING' || test?.state === 'SENDING' || test?.state === 'SENT';
}

/** Whether the contact may be tested once more. */
export function mayTest(test: Pick<OwnTest, 'state' | 'again_at'> | null | undefined, now: number): boolean {
  if (test === null || test === undefined) return true;
  return test.state !== 'WAITING' && test.state !== 'SENDING' && Date.parse(test.again_at) <= now;
}
