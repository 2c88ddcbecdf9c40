/** The version, as `--version`, metrics and traces tell it. */
import { ownPackage } from '../../config/own-package.ts';

/** The version of this package, e.g. `0.1.0`. */
export function version(): string {
  return ownPackage()?.version ?? '0';
}
