/** Not `instanceof Error`: errors of `node:fs` are of another realm inside a test's environment. */
import { types } from 'node:util';

/** The system's code of an error (`ENOENT`), else its name. */
export function errorCode(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
