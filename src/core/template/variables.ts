/**
 * The `{{...}}` of template texts: which there are, and whether they are numbered or named.
 */

/** One `{{...}}` where it stands. */
export interface Variable {
  /** What stands between the braces, trimmed: `1`, `first_name`. */
  readonly name: string;
  /** Offsets in the text, braces included. */
  readonly start: number;
  readonly end: number;
}

/** All variables of a text, in their order, doubles included. */
export function variablesOf(text: string): readonly Variable[] {
  return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => ({
    name: (match[1] ?? '').trim(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The different names, in the order in which they are filled: numbers by size, names as they first stand. */
export function namesOf(text: string): readonly string[] {
  const names = [...new Set(variablesOf(text).map((v) => v.name))];
  return names.every(isPosition) ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

/** True for `1`, `2`, ...; the variables of a positional text. */
export function isPosition(name: string): boolean {
  return /^\d+$/.test(name);
}
