/** The variables of a template's text, and what Meta's review has against them. */

/** What stands in a text. */
export interface TextVariables {
  /** Distinct, in the order of their first occurrence. */
  readonly names: readonly string[];
  /** A `{{...}}` that is no variable, or a lone brace pair. */
  readonly malformed: string | undefined;
  readonly atEdge: boolean;
  readonly adjacent: boolean;
  /** Words that are not variables. */
  readonly words: number;
}

const VARIABLE = /\{\{([^{}]*)\}\}/g;

/** Reads the variables of `text`. */
export function readVariables(text: string, format: 'positional' | 'named'): TextVariables {
  const legal = format === 'positional' ? /^[1-9]\d*$/ : /^[a-z][a-z0-9_]*$/;
  const found = [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '');
  const rest = text.replace(VARIABLE, ' ');
  const trimmed = text.trim();
  const lone = /\{\{|\}\}/.exec(rest)?.[0];
  return {
    names: [...new Set(found)],
    malformed: found.find((name) => !legal.test(name)) ?? lone,
    atEdge: trimmed.startsWith('{{') || trimmed.endsWith('}}'),
    adjacent: /\}\}\s*\{\{/.test(text),
    words: rest.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
  };
}

/** Whether positional variables are 1, 2, ... without a gap. */
export function isGapless(names: readonly string[]): boolean {
  return names.every((name) => Number(name) <= names.length);
}

/** The text with its variables filled in, as the 132005 check measures it. */
export function hydrate(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => values.get(name) ?? whole);
}
