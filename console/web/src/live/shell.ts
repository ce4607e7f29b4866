/** The page as an application of its own on a phone: its manifest, and the service worker behind it (I/O). */

const LOOK_EVERY_MS = 60 * 60_000;

/** Which application this page is, so that the browser can offer to install it. */
export function showManifest(who: 'responder' | 'family'): void {
  const link = (rel: string, href: string): void => {
    const there = document.head.querySelector<HTMLLinkElement>(`link[rel="${rel}"]`) ?? document.head.appendChild(document.createElement('link'));
    there.rel = rel;
    there.href = href;
  };
  link('manifest', `/manifests/${who}.webmanifest`);
  link('apple-touch-icon', `/icons/${who}-apple-180.png`);
}

/** Have the service worker, and look for a newer one now and then: a phone may leave a page open for weeks. */
export async function haveWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return null;
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
    setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
    return registration;
  } catch {
    return null;
  }
}

/** Whether it runs as an installed application. */
export const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true;

/** iPhones and iPads; newer iPads call themselves Macs, but no Mac has a touch screen. */
export const isAppleMobile = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
