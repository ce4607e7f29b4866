/** The service worker: keeps the shell of the phones' pages for when there is no line, and shows push messages (I/O). */
import { noteOf } from '../core/note';

// The types of a worker exclude those of a page; these are the few that are used here.
interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Pushed extends Waiting {
  readonly data: { text(): string } | null;
}
interface Clicked extends Waiting {
  readonly notification: Notification;
}
interface Shown {
  readonly url: string;
  focus(): Promise<unknown>;
}
interface Worker {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void>; matchAll(about: object): Promise<Shown[]>; openWindow(url: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener<E extends Event>(name: string, listener: (event: E) => void): void;
}
declare const self: Worker;

/** Put in by the build: every file of the shell, and a name that changes with any of them. */
const SHELL = '__SHELL__' as unknown as string[];
const VERSION = '__VERSION__';
const PREFIX = 'shell-';
const NETWORK_MS = 4000;

const files = new Set(SHELL);

self.addEventListener<Waiting>('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(PREFIX + VERSION);
      // Past the browser's own cache: half of an old version and half of a new one would never start.
      await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener<Waiting>('activate', (event) => {
  event.waitUntil(
    (async () => {
      // The version before stays for pages that are open and have yet to fetch a part of theirs.
      const shells = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
      const old = shells.filter((name) => name !== PREFIX + VERSION).slice(0, -1);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener<Fetching>('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin || address.pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (address.pathname !== '/' && files.has(address.pathname)) event.respondWith(file(request));
});

/** The page of the server while it answers in time, so that a new build is seen at once; otherwise the one that is kept. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(NETWORK_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // No line.
  }
  return (await (await caches.open(PREFIX + VERSION)).match('/')) ?? (await caches.match('/')) ?? Response.error();
}

/** A file of the shell: its name changes with its content, or it is an icon. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener<Pushed>('push', (event) => {
  const note = noteOf(event.data?.text() ?? '', self.location.origin);
  const options = {
    body: note.body,
    tag: note.tag,
    lang: note.lang,
    icon: '/icons/responder-192.png',
    badge: '/icons/badge-96.png',
    // Somebody's answer is waited for: it stays until it is seen to, and makes itself heard again.
    requireInteraction: true,
    renotify: true,
    vibrate: [250, 120, 250, 120, 250],
    data: { url: note.url },
  };
  event.waitUntil(self.registration.showNotification(note.title, options));
});

self.addEventListener<Clicked>('notificationclick', (event) => {
  event.notification.close();
  const url = (event.notification.data as { url?: string } | null)?.url ?? '/';
  event.waitUntil(
    (async () => {
      const target = new URL(url, self.location.origin).href;
      const shown = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
      const same = shown.find((one) => one.url === target);
      await (same === undefined ? self.clients.openWindow(target) : same.focus());
    })(),
  );
});

self.addEventListener<Waiting>('pushsubscriptionchange', (event) => {
  event.waitUntil(
    (async () => {
      const asked = await fetch('/api/my/push', { credentials: 'same-origin' });
      const { public_key } = (await asked.json()) as { public_key: string | null };
      if (public_key === null) return;
      const made = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: public_key });
      const { endpoint, keys } = made.toJSON();
      const headers = { 'Content-Type': 'application/json', 'X-CareCircle': '1' };
      await fetch('/api/my/push', { method: 'POST', credentials: 'same-origin', headers, body: JSON.stringify({ endpoint, keys }) });
    })(),
  );
});
