/** Values of labels from outside, folded into closed sets: each value is a time series of its own. */
import { VERDICT_FAMILIES } from '../../core/verdicts/verdicts.ts';

const RANGES = VERDICT_FAMILIES.flatMap(({ ranges }) => ranges);
const CODES = new Map(
  VERDICT_FAMILIES.flatMap(({ rules }) => rules.map(({ code }) => [code, String(code)] as const)),
);

/** A code of Meta's: itself where the table has it, its range as `200-299`, else `other`. */
export function codeLabel(code: number | undefined): string {
  if (code === undefined) return 'none';
  const known = CODES.get(code);
  if (known !== undefined) return known;
  const range = RANGES.find((one) => code >= one.code && code <= one.to);
  return range === undefined ? 'other' : `${range.code}-${range.to}`;
}

/** What webhooks are counted by. */
const UPDATE_KINDS: ReadonlySet<string> = new Set([
  'sent',
  'delivered',
  'read',
  'failed',
  'reply',
  'call',
  'identity',
  'text',
  'preference',
  'template',
  'account',
]);

/** What an update was: itself where we know it, else `other`. */
export function updateLabel(kind: string): string {
  return UPDATE_KINDS.has(kind) ? kind : 'other';
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** A method of HTTP; a caller may write any word. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other';
}
