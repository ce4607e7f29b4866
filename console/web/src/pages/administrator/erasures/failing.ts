/** Why an erasure does not go on, in words (pure). */
import type { Erasure } from '../../../api/erasures';
import { dayTimeText } from '../../../core/ages';
import { w, wordOf } from '../words';

/** What is refused, since when and how often; only for one that fails. */
export function failingText(one: Erasure): string {
  const facts = { at: dayTimeText(one.failing_since), n: one.failed_times, code: one.failed_code ?? '' };
  if (!one.failed_target) return w('erasure.refusedBegin', facts);
  const what = one.failed_topic === null ? one.failed_target : wordOf('erasureTopic', one.failed_topic);
  return w('erasure.refusedStep', { ...facts, what, target: one.failed_target });
}
