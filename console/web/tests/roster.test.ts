import { describe, expect, it } from 'vitest';
import * as roster from '../src/core/roster';

const monday = '2026-11-23';
const at = (day: string, from: string, to: string): roster.Span => roster.spanOf(day, from, to) as roster.Span;
const shift = (id: number, person: string, span: roster.Span): roster.RosterShift => ({ id, person, ...span });
const texts = (spans: readonly roster.Span[]): string[] => spans.map((one) => `${roster.dayOf(one.begins)} ${roster.clockOf(one.begins)}–${roster.clockOf(one.ends)}`);

describe('days in China', () => {
  it('begin at 16:00 UTC of the day before', () => {
    expect(new Date(roster.dayBegins(monday)).toISOString()).toBe('2026-11-22T16:00:00.000Z');
    expect(roster.dayOf(Date.parse('2026-11-22T15:59:59Z'))).toBe('2026-11-22');
    expect(roster.dayOf(Date.parse('2026-11-22T16:00:00Z'))).toBe(monday);
  });

  it('make a week from Monday on, also over the end of a year', () => {
    expect(roster.mondayOf('2026-11-29')).toBe(monday);
    expect(roster.mondayOf(monday)).toBe(monday);
    expect(roster.weekOf('2026-12-28').at(-1)).toBe('2027-01-03');
    expect(roster.isDay('2026-13-40')).toBe(false);
  });

  it('let a night shift end on the next day, and refuse what is no time', () => {
    const night = at(monday, '22:00', '06:00');
    expect(night.ends - night.begins).toBe(8 * roster.HOUR_MS);
    expect(roster.dayOf(night.ends)).toBe('2026-11-24');
    for (const wrong of ['', '25:00', '7', '10:61', '-1:00']) expect(roster.spanOf(monday, wrong, '12:00')).toBeNull();
  });
});

describe('gaps', () => {
  const day = [{ begins: roster.dayBegins(monday), ends: roster.dayBegins('2026-11-24') }];

  it('are exact to the minute and end where somebody begins', () => {
    const shifts = [at(monday, '00:00', '07:30'), at(monday, '08:00', '16:00'), at(monday, '15:00', '24:00')];
    expect(texts(roster.gapsOf(shifts, day))).toEqual(['2026-11-23 07:30–08:00']);
  });

  it('are the whole time where nobody is, and nothing where nobody is needed', () => {
    expect(texts(roster.gapsOf([], day))).toEqual(['2026-11-23 00:00–00:00']);
    expect(roster.gapsOf([], [])).toEqual([]);
  });

  it('go on over midnight as one', () => {
    const needed = [...day, { begins: roster.dayBegins('2026-11-24'), ends: roster.dayBegins('2026-11-25') }];
    expect(texts(roster.gapsOf([at(monday, '08:00', '20:00'), at('2026-11-24', '06:00', '24:00')], needed))).toEqual([
      '2026-11-23 00:00–08:00',
      '2026-11-23 20:00–06:00',
    ]);
  });

  it('are looked for only while a provider is open', () => {
    const weekdays = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens_min: 480, closes_min: 1080 }));
    const open = roster.openSpans(['2026-11-27', '2026-11-28'], weekdays, [{ day: '2026-11-27', opens_min: 600, closes_min: 720 }]);
    expect(texts(open)).toEqual(['2026-11-27 10:00–12:00']);
    expect(roster.openSpans([monday], weekdays, [{ day: monday, opens_min: null, closes_min: null }])).toEqual([]);
    expect(texts(roster.openSpans([monday, '2026-11-24'], [], []))).toEqual(['2026-11-23 00:00–00:00']);
  });

  it('counts a person once in an hour, and night shifts in both days', () => {
    const from = roster.dayBegins(monday);
    const counts = roster.onDutyByHour([shift(1, 'a', at(monday, '08:00', '09:30')), shift(2, 'a', at(monday, '09:30', '10:00')), shift(3, 'b', at('2026-11-22', '22:00', '06:00'))], from, 24);
    expect(counts.slice(0, 11)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0]);
  });
});

describe('what clashes and what tires', () => {
  const shifts = [shift(1, 'a', at(monday, '08:00', '16:00')), shift(2, 'b', at(monday, '08:00', '16:00'))];

  it('names the shift that a new one would lie over, and lets shifts touch', () => {
    expect(roster.clashOf(shifts, 'a', at(monday, '15:59', '18:00'))?.id).toBe(1);
    expect(roster.clashOf(shifts, 'a', at(monday, '16:00', '18:00'))).toBeNull();
    expect(roster.clashOf(shifts, 'a', at(monday, '09:00', '17:00'), 1)).toBeNull();
    expect(roster.clashOf(shifts, 'c', at(monday, '09:00', '17:00'))).toBeNull();
  });

  it('adds up shifts between which nobody can have slept', () => {
    const own = [...shifts, shift(3, 'a', at(monday, '20:00', '01:00')), shift(4, 'a', at('2026-11-24', '10:00', '18:00'))];
    expect([...roster.tiringShifts(own)]).toEqual([[3, 13 * roster.HOUR_MS]]);
  });

  it('copies a week without what clashes or is over', () => {
    const present = [shift(9, 'a', at('2026-11-30', '12:00', '20:00'))];
    const { add, left } = roster.copiedShifts(shifts, 7, present, roster.dayBegins(monday));
    expect(add.map((one) => [one.person, roster.dayOf(one.begins)])).toEqual([['b', '2026-11-30']]);
    expect(left).toBe(1);
    expect(roster.copiedShifts(shifts, 7, [], roster.dayBegins('2026-12-02')).add).toEqual([]);
  });

  it('shows the part of a shift that lies in a day', () => {
    const night = at(monday, '18:00', '06:00');
    expect(roster.inDay(night, monday)).toEqual({ from: 0.75, to: 1 });
    expect(roster.inDay(night, '2026-11-24')).toEqual({ from: 0, to: 0.25 });
    expect(roster.inDay(night, '2026-11-25')).toBeNull();
    expect(roster.minuteText(roster.snapped(0.343))).toBe('08:00');
  });
});
