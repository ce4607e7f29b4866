import { describe, expect, it } from 'vitest';
import { minutesOf, weekProblems } from '../src/core/week';

describe("a provider's week as it is written", () => {
  it('reads times up to midnight', () => {
    expect(['00:00', '8:30', '24:00', '24:01', '12:60', '', 'noon'].map(minutesOf)).toEqual([0, 510, 1440, null, null, null, null]);
  });

  it('finds nothing wrong with spans that touch, or lie on other days', () => {
    expect(weekProblems([{ weekday: 1, from: '08:00', to: '12:00' }, { weekday: 1, from: '12:00', to: '00:00' }, { weekday: 2, from: '08:00', to: '12:00' }])).toEqual([]);
  });

  it('names each day once for each thing that is wrong', () => {
    const spans = [
      { weekday: 3, from: '10:00', to: '09:00' },
      { weekday: 2, from: '08:00', to: '12:00' },
      { weekday: 2, from: '11:00', to: '13:00' },
      { weekday: 2, from: '08:30', to: '09:00' },
      { weekday: 5, from: '', to: '09:00' },
    ];
    expect(weekProblems(spans)).toEqual([
      { weekday: 2, what: 'overlap' },
      { weekday: 3, what: 'order' },
      { weekday: 5, what: 'time' },
    ]);
  });
});
