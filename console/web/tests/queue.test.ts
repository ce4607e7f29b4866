import { render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import QueueRow from '../src/pages/dispatcher/QueueRow.svelte';
import { clock } from '../src/live/clock.svelte';
import { incident } from './sample';

function show(changes: Parameters<typeof incident>[1] = {}, isBlinking = false) {
  vi.useFakeTimers({ now: Date.parse('2026-11-23T08:02:16.000Z') });
  clock.hear(Date.now());
  const row = render(QueueRow, { incident: incident('a', changes), isSelected: false, isBlinking, onselect: () => undefined });
  vi.useRealTimers();
  return row;
}

describe('a row of the queue', () => {
  it('says who, what, the priority, that nobody has taken it, and how long there is', () => {
    show();
    const text = screen.getByTestId('incident-row').textContent ?? '';
    for (const part of ['李建国', '18栋102', '一键呼叫', 'P1', '未确认']) expect(text).toContain(part);
    expect(screen.getByTestId('countdown').textContent).toBe('12:44');
    expect(screen.getByTestId('incident-state').dataset.state).toBe('SEARCHING');
  });

  it('names who acknowledged', () => {
    show({ acknowledged_at: '2026-11-23T08:01:00.000Z', acknowledged_by: '陈调度' });
    expect(screen.getByTestId('incident-row').textContent).toContain('陈调度 已确认');
  });

  it('blinks by its icon alone', () => {
    const { container } = show({}, true);
    expect(container.querySelectorAll('.blinking')).toHaveLength(1);
    expect(container.querySelector('.blinking')?.tagName.toLowerCase()).toBe('svg');
  });
});
