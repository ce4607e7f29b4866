/** One call for help that is over, in a plain sentence (pure). */
import { dayTimeText, shortTimeText } from './ages';
import { label, t } from '../messages';

export interface PastCall {
  kind: string;
  pressed_at: string;
  arrived_at: string | null;
  closed_at: string | null;
  outcome_code: string | null;
  came: string[];
}

/** When and what; who came and when, or that nobody had to; how it ended. Says nothing that is not known. */
export function happenedText(call: PastCall): string {
  const what = t('family.past.what', { time: dayTimeText(call.pressed_at), kind: label('kind', call.kind) });
  const came =
    call.arrived_at !== null && call.came.length > 0
      ? t('family.past.came', { name: call.came.join('、'), time: shortTimeText(call.arrived_at) })
      : t('family.past.nobodyCame');
  const ended = call.closed_at === null || call.outcome_code === null ? '' : t('family.past.ended', { time: shortTimeText(call.closed_at), outcome: label('outcome', call.outcome_code) });
  return what + came + ended;
}
