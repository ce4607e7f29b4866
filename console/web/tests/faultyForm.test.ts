/** A refused form: sentences at the fields, the first faulty one has the focus, what was typed and given stays. */
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeAll, expect, it } from 'vitest';
import { ApiError } from '../src/api/http';
import type { FieldFault } from '../src/core/faults';
import FaultyForm from './FaultyForm.svelte';

beforeAll(() => {
  // jsdom knows the element and not its methods.
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement): void {
    this.open = true;
  };
});

const fault = (field: string, message: string): FieldFault => ({ field, code: 'needed', message });
const refusal = (...faults: FieldFault[]): ApiError => new ApiError(422, 'needed', '填写的内容有误', {}, faults);
const box = (label: string): HTMLInputElement => screen.getByLabelText(label);
const describedBy = (field: HTMLElement): string => document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent ?? '';

async function submit(reason: string): Promise<void> {
  if (document.querySelector('dialog') === null) await fireEvent.click(screen.getByText('Save'));
  const said = await waitFor(() => document.querySelector<HTMLTextAreaElement>('dialog textarea')!);
  if (reason !== '') await fireEvent.input(said, { target: { value: reason } });
  await fireEvent.submit(document.querySelector('dialog form')!);
}

it('says what is wrong at the fields, and keeps what was typed', async () => {
  let refused: ApiError | null = refusal(fault('phone', '电话号码有误'), fault('name', '请填写老人姓名'));
  const reasons: string[] = [];
  render(FaultyForm, { ondo: (reason) => (reasons.push(reason), refused === null ? Promise.resolve() : Promise.reject(refused)) });
  await fireEvent.input(box('Phone'), { target: { value: '12' } });
  await submit('新入住');
  await waitFor(() => expect(document.querySelector('dialog')).toBeNull());
  // The server's order is not the page's.
  await waitFor(() => expect(document.activeElement).toBe(box('Name')));
  expect(box('Name').getAttribute('aria-invalid')).toBe('true');
  expect(describedBy(box('Name'))).toBe('请填写老人姓名');
  expect(describedBy(box('Phone'))).toBe('电话号码有误');
  expect(box('Phone').value).toBe('12');

  await fireEvent.input(box('Name'), { target: { value: '王' } });
  expect(box('Name').hasAttribute('aria-invalid')).toBe(false);
  expect(box('Phone').getAttribute('aria-invalid')).toBe('true');

  refused = null;
  await submit(''); // the reason stands there still
  await waitFor(() => expect(document.querySelector('dialog')).toBeNull());
  expect(reasons).toEqual(['新入住', '新入住']);
  expect(box('Phone').hasAttribute('aria-invalid')).toBe(false);
});

it('leaves the window open for a fault of the reason, and for what has no field', async () => {
  let refused: unknown = refusal(fault('reason', '请填写原因'));
  render(FaultyForm, { ondo: () => Promise.reject(refused) });
  await submit('x');
  const said = document.querySelector<HTMLTextAreaElement>('dialog textarea')!;
  await waitFor(() => expect(describedBy(said)).toBe('请填写原因'));
  expect(document.activeElement).toBe(said);

  refused = new ApiError(409, 'changed_meanwhile', '管理员刚修改过');
  await submit('y');
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('管理员刚修改过'));
  expect(said.hasAttribute('aria-invalid')).toBe(false);
});
