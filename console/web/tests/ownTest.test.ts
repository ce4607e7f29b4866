/** Test messages of relatives: which words, and when the button is there. */
import { describe, expect, it } from 'vitest';
import { adviceFor, fateOf, mayChange, mayTest } from '../src/core/ownTest';
import { t } from '../src/messages';

const AT = '2026-11-27T10:00:00Z';

describe('a test message', () => {
  it('is one thing while it waits and is sent, and two once it was sent', () => {
    expect(fateOf({ state: 'WAITING', came: false })).toBe('WAITING');
    expect(fateOf({ state: 'SENDING', came: false })).toBe('WAITING');
    expect(fateOf({ state: 'SENT', came: false })).toBe('SENT');
    expect(fateOf({ state: 'SENT', came: true })).toBe('came');
    expect(fateOf({ state: 'CONFIRMED', came: true })).toBe('CONFIRMED');
  });

  it('has advice for a refusal on every channel', () => {
    expect(adviceFor('sms')).toBe('sms');
    expect(adviceFor('feishu')).toBe('other');
    expect(t('ownTest.FAILED', { time: '10:00', reason: 'HTTP 403', advice: t('ownTest.do.sms') })).toContain('HTTP 403');
  });

  it('is looked after until nothing more can come', () => {
    expect(mayChange(null)).toBe(false);
    expect(mayChange({ state: 'SENT' })).toBe(true);
    expect(mayChange({ state: 'FAILED' })).toBe(false);
  });

  it('may be sent again after its time, and never while one is on its way', () => {
    expect(mayTest(null, 0)).toBe(true);
    expect(mayTest({ state: 'SENT', again_at: AT }, Date.parse(AT) - 1)).toBe(false);
    expect(mayTest({ state: 'SENT', again_at: AT }, Date.parse(AT))).toBe(true);
    expect(mayTest({ state: 'SENDING', again_at: AT }, Date.parse(AT) + 1)).toBe(false);
  });
});
