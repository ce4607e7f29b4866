import { describe, expect, it } from 'vitest';
import { dayProblem, minutesOf, weekProblems } from '../src/core/week';

describe("a provider's week as it is written", () => {
  it('reads times up to midnight', () => {
    expect(['00:00', '8:30', '24:00', '24:01', '12:60', '', 'noon'].map(minutesOf)).toEqual([0, 510, 1440, null, null, null, null]);
  });

  it('finds nothing wrong with spans that touch, or lie on other days', () => {
    expect(weekProblems([{ weekday: 1, from: '08:00', to: '12:00' }, { weekday: 1, from: '12:00', to: '00:00' }, { weekday: 2, from: '08:00', to: '12:00' }])).toEqual([]);
  });

  it('names the field at which each is put right', () => {
    const spans = [
      { weekday: 3, from: '10:00', to: '09:00' },
      { weekday: 2, from: '11:00', to: '13:00' },
      { weekday: 2, from: '08:00', to: '12:00' },
      { weekday: 2, from: '08:30', to: '09:00' },
      { weekday: 5, from: '', to: '' },
      { weekday: 6, from: '09:00', to: '18:00' },
    ];
    expect(weekProblems(spans)).toEqual([
      { place: 0, end: 'to', what: 'order' },
      { place: 1, end: 'from', what: 'overlap' },
      { place: 3, end: 'from', what: 'overlap' },
      { place: 4, end: 'from', what: 'time' },
      { place: 4, end: 'to', what: 'time' },
    ]);
  });

  it('sees a long span behind a short one', () => {
    const spans = [['08:00', '20:00'], ['09:00', '10:00'], ['19:00', '21:00']].map(([from = '', to = '']) => ({ weekday: 1, from, to }));
    expect(weekProblems(spans).map((one) => one.place)).toEqual([1, 2]);
  });

  it('judges one day of its own alike', () => {
    expect(dayProblem('09:00', '00:00', 'to')).toBeNull();
    expect(dayProblem('09:00', '09:00', 'to')).toBe('order');
    expect(dayProblem('', '09:00', 'from')).toBe('time');
  });
});
