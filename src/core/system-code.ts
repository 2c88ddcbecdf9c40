/** What the operating system says of a failure. */

/** The code of a system error (`ENOENT`), or `undefined` for anything else. */
export function systemCode(cause: unknown): string | undefined {
  const code: unknown = (cause as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : undefined;
}
