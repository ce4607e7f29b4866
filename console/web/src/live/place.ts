/** Where this phone is: asked for when somebody says that they have arrived, and on duty by those who want it (I/O). */
import { ask } from '../api/phone';

export interface PhonePlace {
  lat: number;
  lon: number;
  accuracy_m: number;
  measured_at: string;
}

const PATIENCE_MS = 8000;
const SEND_EVERY_MS = 60_000;
const WANTED = 'carecircle.sends_position';

/** Where it is now; null where the browser cannot or may not say so in time. */
export function whereAmI(): Promise<PhonePlace | null> {
  if (!('geolocation' in navigator)) return Promise.resolve(null);
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        resolve({ lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.min(100_000, Math.round(coords.accuracy)), measured_at: new Date(timestamp).toISOString() }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 },
    );
  });
}

/** Whether this person wants their position sent from this phone while on duty; nobody's is unless they said so here. */
export function wantsToSend(): boolean {
  try {
    return localStorage.getItem(WANTED) === 'yes';
  } catch {
    return false;
  }
}

export function setWantsToSend(wants: boolean): void {
  try {
    localStorage.setItem(WANTED, wants ? 'yes' : 'no');
  } catch {
    // Then it is asked anew next time, and nothing is sent.
  }
}

/** Send the position now and every minute while the page is looked at; returns how to stop. */
export function sendPositions(onsent: (kept: boolean) => void): () => void {
  const once = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return;
    const place = await whereAmI();
    if (place === null) return onsent(false);
    // A position of a minute ago is no use later: it is not kept for a better line.
    await ask<{ kept: boolean }>('POST', '/api/my/position', place).then(
      ({ kept }) => onsent(kept),
      () => undefined,
    );
  };
  void once();
  const timer = setInterval(() => void once(), SEND_EVERY_MS);
  return () => clearInterval(timer);
}
