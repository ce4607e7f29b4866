/** The address in a responder's message that leads to one offer without signing in: /answer/{offer}?token=… (pure). */

export interface AnswerLink {
  offerId: string;
  token: string;
}

export function answerLink(address: Pick<Location, 'pathname' | 'search'>): AnswerLink | null {
  const offerId = /^\/answer\/([^/]+)\/?$/.exec(address.pathname)?.[1];
  const token = new URLSearchParams(address.search).get('token');
  return offerId === undefined || token === null ? null : { offerId: decodeURIComponent(offerId), token };
}
