/** Being told on this phone: what state it is in, and the two ways to change it (I/O). */
import { ask } from '../api/phone';
import { keyBytes, pushState, type PushState } from '../core/push';
import { speech } from '../messages/language.svelte';
import { isAppleMobile, isInstalled } from './shell';

interface Told {
  public_key: string | null;
  subscriptions: number;
}

export class Push {
  state = $state<PushState | null>(null);
  isWorking = $state(false);
  error = $state<string | null>(null);

  #publicKey: string | null = null;

  async look(): Promise<void> {
    try {
      this.#publicKey = (await ask<Told>('GET', '/api/my/push')).public_key;
      await this.#read();
      this.error = null;
    } catch (failed) {
      this.error = (failed as Error).message;
    }
  }

  async turnOn(): Promise<void> {
    await this.#do(async () => {
      if (this.#publicKey === null) return;
      if ((await Notification.requestPermission()) !== 'granted') return;
      const { pushManager } = await navigator.serviceWorker.ready;
      const before = await pushManager.getSubscription();
      if (before !== null && !this.#isOurs(before)) await before.unsubscribe();
      const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(this.#publicKey) });
      const { endpoint, keys } = made.toJSON();
      await ask('POST', '/api/my/push', { endpoint, keys, language: speech.language });
    });
  }

  async turnOff(): Promise<void> {
    await this.#do(async () => {
      const before = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
      if (before === null) return;
      // The server first: a subscription that only the server still knows would be told of in vain.
      await ask('POST', '/api/my/push/remove', { endpoint: before.endpoint });
      await before.unsubscribe();
    });
  }

  async #do(change: () => Promise<void>): Promise<void> {
    this.isWorking = true;
    this.error = null;
    try {
      await change();
    } catch (failed) {
      // A browser without a push service says so in its own words.
      this.error = (failed as Error).message;
    } finally {
      await this.#read().catch(() => undefined);
      this.isWorking = false;
    }
  }

  async #read(): Promise<void> {
    const hasPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
    const registration = hasPush ? await navigator.serviceWorker.getRegistration() : undefined;
    const subscription = (await registration?.pushManager.getSubscription()) ?? null;
    this.state = pushState({
      hasPush: hasPush && registration !== undefined,
      isAppleMobile: isAppleMobile(),
      isInstalled: isInstalled(),
      publicKey: this.#publicKey,
      permission: hasPush ? Notification.permission : 'default',
      isSubscribed: subscription !== null && this.#isOurs(subscription),
    });
  }

  /** Whether a subscription was made with the key of today: one with another key is refused by the push service. */
  #isOurs(subscription: PushSubscription): boolean {
    const made = subscription.options.applicationServerKey;
    if (made === null || this.#publicKey === null) return false;
    const ours = keyBytes(this.#publicKey);
    return made.byteLength === ours.length && new Uint8Array(made).every((byte, index) => byte === ours[index]);
  }
}
