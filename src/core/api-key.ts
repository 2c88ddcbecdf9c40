/** What keys of the HTTP API are called and what they may do. */

/** What a key may do, from the least to all: look; make and steer campaigns and requests; administer. */
export const KEY_SCOPES = ['read', 'send', 'admin'] as const;

/** What a key may do; each scope includes those before it. */
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Names stand in logs and tables, and may not be taken for an id. */
const NAME = /^(?!key-[0-9a-f]{16}$)[A-Za-z0-9][\w.-]{0,63}$/;

/** Whether a scope is enough for what needs another. */
export function covers(has: KeyScope, needs: KeyScope): boolean {
  return KEY_SCOPES.indexOf(has) >= KEY_SCOPES.indexOf(needs);
}

/** Whether a key may be called so: 1 to 64 letters, digits and `._-`. */
export function isKeyName(text: string): boolean {
  return NAME.test(text);
}
