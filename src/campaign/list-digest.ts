/** What tells one list from another: its own bytes (or objects), and what they were read by. */
import { createHash } from 'node:crypto';
import { given } from '../core/given.ts';
import { namesIn } from '../core/people/column-map.ts';
import type { ListRules } from '../core/ports/index.ts';

/**
 * SHA-256 in hex.
 * @param sha256 of the list itself
 * @param rules as they were given: by another country, or with other columns, the same bytes are another list
 */
export function listDigest(sha256: string, rules: ListRules): string {
  const { defaultCountry, numbers, map, ignoreColumns } = rules;
  const others = given({
    numbers,
    map: map && Object.entries(map).map(plainly).sort(),
    ignoreColumns,
  });
  // Left out where there are none: the first programs that kept it knew the country alone.
  const parts = [
    sha256,
    defaultCountry ?? null,
    ...(Object.keys(others).length > 0 ? [others] : []),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A column that is one thing is the same said as a text and as an array. */
function plainly([column, to]: [string, string | readonly string[]]) {
  const names = namesIn(to).toSorted();
  return [column, names.length === 1 ? names[0] : names];
}
