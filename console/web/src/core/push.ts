/** Web Push as far as it can be told without a browser: what state it is in, and what its key is (pure). */

export type PushState = 'unsupported' | 'needs_install' | 'not_set_up' | 'denied' | 'off' | 'on';

export interface PushFacts {
  hasPush: boolean;
  /** An iPhone or iPad, where only installed pages may be told. */
  isAppleMobile: boolean;
  isInstalled: boolean;
  publicKey: string | null;
  permission: NotificationPermission;
  isSubscribed: boolean;
}

/** One state for what a person can do about it; what stands in the way first is said first. */
export function pushState(facts: PushFacts): PushState {
  if (facts.isAppleMobile && !facts.isInstalled) return 'needs_install';
  if (!facts.hasPush) return 'unsupported';
  if (facts.publicKey === null) return 'not_set_up';
  if (facts.permission === 'denied') return 'denied';
  return facts.permission === 'granted' && facts.isSubscribed ? 'on' : 'off';
}

/** The bytes of a key in base64url. */
export function keyBytes(text: string): Uint8Array<ArrayBuffer> {
  const padded = text.replace(/-/g, '+').replace(/_/g, '/').padEnd(Math.ceil(text.length / 4) * 4, '=');
  return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
}
