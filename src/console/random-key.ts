/** What nothing else is called. */
const BYTES = 16;

/** Made here: browsers have `randomUUID` on https and loopback alone. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
