import { describe, expect, it } from 'vitest';
import type { Health, NeverSilent } from '../src/api/types';
import { reasonsOf, shortReason, troublesOf } from '../src/core/light';

const light = (changes: Partial<NeverSilent>): NeverSilent => ({
  ok: false, open: 3, unattended: 0, late_due: 0, engine_age_s: 1.2, check_age_s: 4, broken: {}, ...changes,
});
const health = (changes: Partial<Health>): Health => ({
  status: 'alarm', database: true, feed: true, never_silent: light({ ok: true }), pulse_age_s: { alerts: 1 }, streams: 2, ...changes,
});

describe('the light in words', () => {
  it('says nothing while it burns', () => {
    expect(reasonsOf(light({ ok: true }))).toEqual([]);
    expect(shortReason(light({ ok: true }))).toBe('无一遗漏');
  });

  it('names each broken promise, the worst first, as often as it is broken now', () => {
    const broken = { message_stuck: 4, crowded: 1, unattended: 1 };
    expect(reasonsOf(light({ unattended: 2, broken }))).toEqual(['2 起报警无人跟进', '1 起报警派出人数超过所需', '4 条通知滞留未发']);
    expect(reasonsOf(light({ late_due: 1, broken: { held_press_overdue: 1 } }))).toEqual(['1 次测试按键逾期未转为求助', '1 个计时器迟到']);
    expect(shortReason(light({ broken: { unaudited: 1, message_stuck: 4 } }))).toBe('1 起报警缺少记录，另有 1 项');
  });

  it('says that nobody looks, which is worse than what was found last', () => {
    expect(reasonsOf(light({ check_age_s: 130, broken: { late_due: 2 } }))).toEqual(['守望检查已 2 分钟没有运行', '2 个计时器迟到']);
    expect(reasonsOf(light({ check_age_s: null, engine_age_s: null }))).toEqual(['告警引擎没有运行', '守望检查没有运行']);
    expect(reasonsOf(light({ engine_age_s: 16 }))).toEqual(['告警引擎已 16 秒没有响应']);
  });

  it('has a sentence also for a promise of a newer server, and for none at all', () => {
    expect(reasonsOf(light({ broken: { a_new_one: 2 } }))).toEqual(['检查发现问题（a_new_one）：2 处']);
    expect(reasonsOf(light({}))).toEqual(['原因未知']);
  });

  it('tells of the rest of the platform beside', () => {
    expect(troublesOf(health({}))).toEqual([]);
    expect(troublesOf(health({ feed: false, pulse_age_s: { lifeline: 400 } }))).toEqual(['实时更新没有运行', '生命线已 6 分钟没有响应']);
    expect(troublesOf(health({ database: false, never_silent: null }))).toEqual(['数据库连不上']);
  });
});
