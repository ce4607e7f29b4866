import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/api/types';
import { causeText, lineOf, namesIn } from '../src/core/entries';

function entry(step: string, actor: string, reason: string, detail: Record<string, unknown> = {}): Entry {
  return { id: step, at: '2026-11-23T08:00:00.000Z', step, actor, reason, detail };
}

const TRAIL = [
  entry('offered', 'engine', 'contracted_provider', { name: '王敏', offer: 'o1', responder: 'r1', wave: 1, travel_p50_s: 349, basis: 'straight_line_model' }),
  entry('accepted', 'responder:r1', '王敏 is on it', { name: '王敏', assignment: 'a1', responder: 'r1', eta_at: '2026-11-23T08:06:00.000Z' }),
  entry('offer_withdrawn', 'responder:r1', 'somebody else has accepted', { offer: 'o1' }),
  entry('helper_moving', 'responder:r1', 'set out', { assignment: 'a1' }),
  entry('acknowledged', 'account:7', 'taken by 陈调度'),
  entry('note', 'account:7', '女儿说钥匙在邻居家'),
];

describe('the audit trail in words', () => {
  const names = namesIn(TRAIL);
  const line = (step: string) => lineOf(TRAIL.find((one) => one.step === step) as Entry, names);

  it('says who was asked, how far away, and why', () => {
    expect(line('offered')).toMatchObject({ title: '发出邀请：王敏', text: '第1轮 · 约6分钟（直线估算） · 签约机构' });
  });

  it('knows people again by their offer and their assignment', () => {
    expect(line('offer_withdrawn')).toMatchObject({ title: '撤回邀请：王敏', text: '已有其他人接单' });
    expect(line('helper_moving')).toMatchObject({ title: '出发：王敏', actor: '' });
  });

  it('names the dispatcher who took it, also on later rows', () => {
    expect(line('note')).toMatchObject({ actor: '陈调度', text: '女儿说钥匙在邻居家' });
  });
});

describe('reasons', () => {
  it.each([
    ['nobody accepted within 120 s', '120秒内无人接单'],
    ['王敏 has not set out within 180 s', '王敏在180秒内没有出发'],
    ['event fall', '收到疑似跌倒'],
    ['something that a later version says', 'something that a later version says'],
  ])('%s', (reason, words) => {
    expect(causeText(reason)).toBe(words);
  });
});
