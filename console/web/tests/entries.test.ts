import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/api/types';
import { lineOf, namesIn } from '../src/core/entries';

function entry(step: string, actor: string, reason: string, detail: Record<string, unknown> = {}): Entry {
  return { id: step, at: '2026-11-23T08:00:00.000Z', step, actor, reason, detail };
}

const TRAIL = [
  entry('received', 'detect', '事件 sos'),
  entry('offered', 'engine', 'contracted_provider', { name: '王敏', offer: 'o1', responder: 'r1', wave: 1, travel_p50_s: 349, basis: 'straight_line_model', likely: 0.938 }),
  entry('offered', 'engine', 'nearest', { name: '马桂芳', offer: 'o2', responder: 'r2', wave: 1, travel_p50_s: 512, basis: 'straight_line_model' }),
  entry('accepted', 'responder:r1', '王敏接单', { by: '王敏', name: '王敏', assignment: 'a1', responder: 'r1', eta_at: '2026-11-23T08:06:00.000Z' }),
  entry('offer_withdrawn', 'responder:r1', '已有他人接单', { by: '王敏', offer: 'o2' }),
  entry('helper_moving', 'responder:r1', '已出发', { by: '王敏', assignment: 'a1' }),
  entry('helper_released', 'account:7', '事件已结案', { by: '陈调度', assignment: 'a1' }),
  entry('closed', 'account:7', 'helped_on_site', { by: '陈调度', outcome: 'helped_on_site' }),
  entry('told_family', 'notify', '消息网关'),
  entry('a_later_step', 'account:7', ''),
];

describe('the audit trail in words', () => {
  const names = namesIn(TRAIL);
  const line = (step: string) => lineOf(TRAIL.find((one) => one.step === step) as Entry, names);

  it('says who was asked, how far away, and why', () => {
    expect(line('offered')).toMatchObject({ title: '发出邀请：王敏', actor: '调度引擎', text: '第1轮 · 约6分钟（直线估算） · 签约机构 · 及时到达把握94%' });
  });

  it('says that somebody was asked against an obstacle', () => {
    expect(lineOf(entry('offered', 'account:7', 'busy', { name: '扎西', wave: 2, by: '陈调度' }), names).text).toBe('强制派单 · 第2轮 · 正在执行任务');
  });

  it('knows people again by their offer and their assignment', () => {
    expect(line('offer_withdrawn')).toMatchObject({ title: '撤回邀请：马桂芳', actor: '王敏', text: '已有他人接单' });
    expect(line('helper_moving')).toMatchObject({ title: '出发：王敏', actor: '' });
    expect(line('helper_released')).toMatchObject({ title: '离开现场：王敏', actor: '陈调度' });
  });

  it('puts the outcome into words', () => {
    expect(line('closed')).toMatchObject({ title: '结案', actor: '陈调度', text: '现场已帮助' });
    expect(line('received').text).toBe('一键呼叫');
    const cancelled = entry('cancelled_false', 'account:7', 'false_press', { by: '陈调度', outcome: 'false_press' });
    expect(lineOf(cancelled, names)).toMatchObject({ title: '误报取消', text: '误按' });
  });

  it('names the kind of a call that became part of another', () => {
    expect(lineOf(entry('joined', 'account:7', 'fall事件并入：同一次跌倒', { by: '陈调度' }), names).text).toBe('疑似跌倒事件并入：同一次跌倒');
  });

  it('keeps what went out quiet, and shows what it does not know as it came', () => {
    expect(line('told_family')).toMatchObject({ isQuiet: true, text: '消息网关' });
    expect(line('a_later_step')).toMatchObject({ title: 'a_later_step', actor: '调度台' });
  });
});
