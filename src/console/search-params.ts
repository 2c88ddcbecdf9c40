/**
 * What stands behind `?`: filters and views, so that a page can be sent to somebody as it is. All pages share these names; what
 * is no text is dropped.
 */

/** Filters, views and words that are searched for. */
export interface PageSearch {
  readonly q?: string;
  readonly state?: string;
  readonly name?: string;
  readonly template?: string;
  readonly sender?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly view?: string;
  readonly who?: string;
  readonly what?: string;
  readonly campaign?: string;
  /** The place of a page within a list. */
  readonly after?: string;
}

const NAMES = [
  ...(['q', 'state', 'name', 'template', 'sender', 'code', 'reason'] as const),
  ...(['view', 'who', 'what', 'campaign', 'after'] as const),
];

/** Reads them. */
export function searchOf(given: Record<string, unknown>): PageSearch {
  const known = NAMES.flatMap((name) => {
    const text = given[name];
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(known);
}

/** What stands behind `?` as words, and nothing else: a number that is searched for stays as it was typed. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The other way round. */
export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => typeof value === 'string' && value);
  const text = new URLSearchParams(given as [string, string][]).toString();
  return text === '' ? '' : `?${text}`;
}
