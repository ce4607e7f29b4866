import { expect, test } from 'vitest';
import { happenedText, type PastCall } from '../src/core/happened';

const call: PastCall = { kind: 'sos', pressed_at: '2026-11-20T06:03:00Z', arrived_at: '2026-11-20T06:11:00Z', closed_at: '2026-11-20T06:40:00Z', outcome_code: 'helped_on_site', came: ['王敏'] };

test('what happened, who came, how it ended, by the clock of China', () => {
  const text = happenedText(call);
  expect(text).toContain('14:03');
  expect(text).toContain('一键呼叫，王敏 14:11 到达，14:40 处理完毕（现场已帮助）。');
});

test('nobody is said to have come where nobody did', () => {
  const text = happenedText({ ...call, arrived_at: null, came: [], outcome_code: 'false_press' });
  expect(text).toContain('没有人上门');
  expect(text).toContain('误按');
});
