import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Bed } from '../src/api/types';
import { AS_GIVEN, countiesOf, EVERYTHING, isNarrowed, listed, ordered, stepped } from '../src/core/board';
import { visibleRows } from '../src/core/window';
import { clock } from '../src/live/clock.svelte';
import BedBoard from '../src/pages/dispatcher/BedBoard.svelte';

const NOW = Date.parse('2026-11-23T08:02:16.000Z');
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const bed = (id: string, changes: Partial<Bed> = {}): Bed => ({
  id, resident_name: `老人${id}`, address: `${id}号`, lat: 36.6, lon: 101.7, county: '630102', county_name: '城东区', circle: 'urban', last_seen_at: ago(1),
  in_bed: true, heart_rate: 70, respiratory_rate: 16, spo2: 91, protection: 'yes', open_incident_id: null, ...changes,
});
const beds = [
  bed('a', { heart_rate: 61 }),
  bed('b', { heart_rate: 120, in_bed: false, county: '630103', county_name: '城中区' }),
  bed('c', { heart_rate: 99, last_seen_at: ago(30), protection: 'no' }),
  bed('d', { heart_rate: null, last_seen_at: null, protection: null }),
];
const ids = (wanted: Partial<typeof EVERYTHING>, order = AS_GIVEN): string => listed(beds, { ...EVERYTHING, ...wanted }, order, new Set(['b']), NOW).map((one) => one.id).join('');

describe('the bed board', () => {
  it('lists by words, area, state and protection', () => {
    expect(ids({})).toBe('abcd');
    expect(ids({ words: '老人C' })).toBe('c');
    expect(ids({ county: '630103' })).toBe('b');
    expect(ids({ state: 'alarm' })).toBe('b');
    expect(ids({ state: 'out' })).toBe('b');
    expect(ids({ state: 'stale' })).toBe('c');
    expect(ids({ state: 'never' })).toBe('d');
    expect(ids({ protection: 'no' })).toBe('c');
    expect(ids({ protection: 'unknown' })).toBe('d');
    expect(ids({ state: 'alarm', protection: 'no' })).toBe('');
    expect([isNarrowed(EVERYTHING), isNarrowed({ ...EVERYTHING, words: ' ' }), isNarrowed({ ...EVERYTHING, state: 'out' })]).toEqual([false, false, true]);
  });

  it('sorts by what is fresh; beds without a value that counts stay at the end both ways', () => {
    const down = ordered(AS_GIVEN, 'heart_rate');
    expect(ids({}, down)).toBe('bacd');
    expect(ids({}, ordered(down, 'heart_rate'))).toBe('abcd');
    expect(ids({}, ordered(AS_GIVEN, 'age'))).toBe('cabd');
    expect(ids({}, ordered(AS_GIVEN, 'bed'))).toBe('dcba');
    expect(countiesOf(beds)).toEqual([{ code: '630102', name: '城东区' }, { code: '630103', name: '城中区' }]);
  });

  it('goes by keys within the list', () => {
    expect(stepped('ArrowDown', 0, 4, 10)).toBe(1);
    expect(stepped('ArrowUp', 0, 4, 10)).toBe(0);
    expect(stepped('PageDown', 1, 4, 10)).toBe(3);
    expect(stepped('End', 0, 2000, 10)).toBe(1999);
    expect(stepped('x', 0, 4, 10)).toBeNull();
    expect(stepped('Home', 0, 0, 10)).toBeNull();
  });

  it('has only the rows in the page that can be seen, of however many', async () => {
    vi.stubGlobal('ResizeObserver', class { observe(): void {} unobserve(): void {} disconnect(): void {} });
    clock.hear(NOW);
    const many = Array.from({ length: 2000 }, (_, index) => bed(String(index).padStart(4, '0')));
    const lookAtBed = vi.fn();
    const desk = { bedId: null, lookAtBed } as never;
    render(BedBoard, { places: { beds: many, hasBeds: true, error: null } as never, feed: { ordered: [] } as never, desk, isOld: false });
    expect(screen.getAllByTestId('bed-row').length).toBeLessThan(40);
    expect(visibleRows(2000, 27, 27_000, 540)).toMatchObject({ from: 994, to: 1026 });
    const [first] = screen.getAllByTestId('bed-row');
    first?.focus();
    await fireEvent.keyDown(first as HTMLElement, { key: 'ArrowDown' });
    await vi.waitFor(() => expect((document.activeElement as HTMLElement).dataset.bed).toBe('0001'));
    await fireEvent.click(document.activeElement as HTMLElement);
    expect(lookAtBed).toHaveBeenCalledWith('0001');
    await fireEvent.change(screen.getByTestId('board-state'), { target: { value: 'alarm' } });
    expect(screen.queryAllByTestId('bed-row')).toHaveLength(0);
  });
});
