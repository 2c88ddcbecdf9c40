/** The package's own `package.json`, which lies differently far up in `src` and `dist`. */
import { readFileSync } from 'node:fs';

/** What is read of it. */
export interface OwnPackage {
  readonly version: string;
  /** The optional packages, each with the versions that go with this one. */
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Reads it; `undefined` where the files were taken out of their package. */
export function ownPackage(): OwnPackage | undefined {
  return findOwn()?.found;
}

/** A folder of the package; beside these files where they were taken out of it. @param path from its top, with a slash at the end */
export function packageFolder(path: string): URL {
  return new URL(path, findOwn()?.folder ?? new URL('./', import.meta.url));
}

function findOwn(): { readonly folder: URL; readonly found: OwnPackage } | undefined {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
      if (isOurs(found)) return { folder, found };
    } catch {
      // Not here: one folder up.
    }
    if (folder.pathname === new URL('../', folder).pathname) return undefined;
  }
}

function isOurs(found: unknown): found is OwnPackage {
  return (
    typeof found === 'object' && found !== null && 'name' in found && found.name === 'callpermit'
  );
}
