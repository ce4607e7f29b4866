/** The token of the link in a responder's message, which stands for signing in for this one offer (pure). */

export function linkToken(address: Pick<Location, 'search'>): string | null {
  const token = new URLSearchParams(address.search).get('token');
  return token === null || token === '' ? null : token;
}
