/** Tokens in addresses: of a responder's offer, and of an invitation (pure). */

/** The token of the link in a responder's message, which stands for signing in for this one offer. */
export function linkToken(address: Pick<Location, 'search'>): string | null {
  const token = new URLSearchParams(address.search).get('token');
  return token === null || token === '' ? null : token;
}

/** The token of an invitation. It stands behind the #, which no browser sends to any server. */
export function invitationToken(address: Pick<Location, 'hash'>): string | null {
  return /^#\/invitation\/([\w-]{20,128})$/.exec(address.hash)?.[1] ?? null;
}
