/** Reads the path of a Graph call: `/[vN.M/]<id>[/<edge>]`, or `/[vN.M/]debug_token`. */
import { type Refusal, refuse } from './sim-errors.ts';

/** A path that could be a Graph node. */
export interface GraphPath {
  /** Digits, or `debug_token`. */
  readonly node: string;
  readonly edge: string | undefined;
  /** For the `facebook-api-version` header. */
  readonly servedVersion: string;
  /** Set when the version does not exist or the path is none. */
  readonly refusal?: Refusal;
}

/** How many versions back are alive: in November 2026 v21.0 beside v26.0. */
const LIVING_VERSIONS = 5;

/** Reads `pathname`; versions above `newestVersion` do not exist (code 2500). */
export function readGraphPath(pathname: string, newestVersion: number): GraphPath {
  const segments = pathname.split('/').slice(1);
  const version = /^v(\d+)\.\d+$/.exec(segments[0] ?? '');
  if (version !== null) segments.shift();
  if (segments.at(-1) === '') segments.pop();
  const [node = '', edge, ...beyond] = segments;
  const major = version === null ? 0 : Number(version[1]);
  const oldest = Math.max(1, newestVersion - LIVING_VERSIONS);
  const path = { node, edge, servedVersion: `v${Math.max(major, oldest)}.0` };
  const exists = version === null || (major >= 1 && major <= newestVersion);
  if (exists && /^(\d+|debug_token)$/.test(node) && beyond.length === 0) return path;
  return {
    ...path,
    refusal: refuse(2500, undefined, { message: `Unknown path components: ${pathname}` }),
  };
}
