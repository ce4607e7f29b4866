import { describe, expect, it } from 'vitest';
import { deviceText } from '../src/core/device';
import { invitationToken } from '../src/core/linkToken';

describe('devices by what their browsers call themselves', () => {
  it('are told apart by browser and system', () => {
    expect(deviceText('Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36')).toBe('Chrome · Android');
    expect(deviceText('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8 Safari/604.1')).toBe('微信 · iOS');
    expect(deviceText('Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140')).toBe('Edge · Windows');
  });

  it('are shown as they came where nobody knows them', () => {
    expect(deviceText('python-httpx/0.28')).toBe('python-httpx/0.28');
    expect(deviceText('')).toBe('—');
  });
});

describe('the token of an invitation', () => {
  it('stands behind the sign that no browser sends', () => {
    expect(invitationToken({ hash: `#/invitation/${'a-B_9'.repeat(5)}` })).toBe('a-B_9'.repeat(5));
    expect(invitationToken({ hash: '#/invitation/short' })).toBeNull();
    expect(invitationToken({ hash: '' })).toBeNull();
  });
});
