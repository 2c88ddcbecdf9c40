/** The version, from the package's own `package.json`, which lies differently far up in `src` and `dist`. */
import { readFileSync } from 'node:fs';

/** The version of this package, e.g. `0.1.0`. */
export function version(): string {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
      if (isOurs(found)) return found.version;
    } catch {
      // Not here: one folder up.
    }
    if (folder.pathname === '/' || folder.pathname === new URL('../', folder).pathname) return '0';
  }
}

function isOurs(found: unknown): found is { readonly version: string } {
  return (
    typeof found === 'object' &&
    found !== null &&
    'name' in found &&
    found.name === 'callpermit' &&
    'version' in found &&
    typeof found.version === 'string'
  );
}
