/** What a push message shows, whatever it is; for the service worker alone, which must be one file (pure). */

export interface Note {
  title: string;
  body: string;
  tag: string;
  lang: string;
  url: string;
}

const FALLBACK = { title: '照护中心', body: '有新消息，请打开查看。' };

/** What a push message shows; one that cannot be read is still told, and an address elsewhere is not followed. */
export function noteOf(text: string, origin: string): Note {
  let said: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) said = parsed as Record<string, unknown>;
  } catch {
    // Told all the same.
  }
  const words = (name: string, fallback: string): string => (typeof said[name] === 'string' && said[name] !== '' ? said[name] : fallback);
  return {
    title: words('title', FALLBACK.title),
    body: words('text', FALLBACK.body),
    tag: words('id', 'carecircle'),
    lang: words('lang', 'zh-CN'),
    url: sameOrigin(words('url', '/'), origin),
  };
}

function sameOrigin(url: string, origin: string): string {
  try {
    const address = new URL(url, origin);
    if (address.origin === origin) return address.pathname + address.search;
  } catch {
    // No address: the page itself.
  }
  return '/';
}
