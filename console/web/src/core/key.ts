/** Idempotency keys: one random name for one intention of a person. */

/** 128 random bits as 32 hexadecimal digits; works on plain http too, where `crypto.randomUUID` is missing. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
