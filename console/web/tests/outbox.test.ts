import { describe, expect, test } from 'vitest';
import { afterAnswer, isWaiting, meaningOf, nextOf, pauseMs, retried, waitingOf, withStep, without, type Step, type What } from '../src/core/outbox';

const step = (key: string, what: What = 'accept', about = 'offer-1'): Step => ({ key, what, about, method: 'POST', path: `/api/${key}`, body: null, madeAt: 0, attempts: 0, refusal: null });

describe('what an answer means', () => {
  test.each([
    [200, 'taken'],
    [204, 'taken'],
    [0, 'again'],
    [401, 'again'],
    [429, 'again'],
    [502, 'again'],
    [503, 'again'],
    [403, 'refused'],
    [404, 'refused'],
    [409, 'refused'],
    [413, 'refused'],
    [422, 'refused'],
  ] as const)('%i is %s', (status, meaning) => expect(meaningOf(status)).toBe(meaning));
});

describe('the outbox', () => {
  test('sends in the order in which things were done', () => {
    let steps = withStep(withStep([], step('a', 'arrived', 'visit')), step('b', 'report', 'visit'));
    steps = withStep(steps, step('c', 'handover', 'visit'));
    const sent: string[] = [];
    for (let next = nextOf(steps); next !== null; next = nextOf(steps)) {
      sent.push(next.key);
      steps = afterAnswer(steps, next.key, 200, '');
    }
    expect(sent).toEqual(['a', 'b', 'c']);
    expect(steps).toEqual([]);
  });

  test('keeps the key through every try, and counts them', () => {
    let steps = withStep([], step('a'));
    for (let tries = 0; tries < 5; tries += 1) steps = afterAnswer(steps, 'a', 0, '');
    expect(steps).toEqual([{ ...step('a'), attempts: 5 }]);
    expect([1, 2, 3, 20].map(pauseMs)).toEqual([2000, 4000, 8000, 30_000]);
  });

  test('pressed twice is once, and the first key stands', () => {
    expect(withStep(withStep([], step('a')), step('b'))).toEqual([step('a')]);
  });

  test('a changed report takes the place of the one that waits, pictures are all kept', () => {
    const steps = withStep(withStep([], step('a', 'report', 'visit')), step('b', 'report', 'visit'));
    expect(steps.map((one) => one.key)).toEqual(['b']);
    expect(withStep(withStep(steps, step('p', 'photo', 'visit')), step('q', 'photo', 'visit'))).toHaveLength(3);
  });

  test('what was refused says why, holds up nothing, and may be tried again or dropped', () => {
    let steps = withStep(withStep([], step('a')), step('b', 'moving', 'visit'));
    steps = afterAnswer(steps, 'a', 409, '马桂芳已先接单');
    expect(steps[0]?.refusal).toBe('马桂芳已先接单');
    expect(nextOf(steps)?.key).toBe('b');
    expect(waitingOf(steps)).toHaveLength(1);
    expect(isWaiting(steps, 'accept', 'offer-1')).toBe(false);
    expect(nextOf(retried(steps, 'a'))?.key).toBe('a');
    expect(without(steps, 'a').map((one) => one.key)).toEqual(['b']);
  });

  test('an answer about a step that was taken back changes nothing', () => {
    const steps = withStep([], step('b'));
    expect(afterAnswer(steps, 'a', 200, '')).toEqual(steps);
    expect(afterAnswer(steps, 'a', 409, 'x')).toEqual(steps);
  });
});
