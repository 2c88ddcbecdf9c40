/**
 * The verdict table: `error.code`, and the details where a code is ambiguous,
 * decide what happens; the HTTP status never does (Meta sends rate limits as HTTP 400). The rows
 * are in `verdicts/`, docs/errors.md is generated from them.
 */

import { CALLING } from './calling.ts';
import { GENERAL, THROTTLING } from './general.ts';
import type { GraphError } from './outcome.ts';
import { REGISTRATION } from './registration.ts';
import type { Family, VerdictRange, VerdictRule } from './row.ts';
import { saidOnce } from './said-once.ts';
import { SENDING } from './sending.ts';
import { HEALTH, TEMPLATE_CREATION, TEMPLATES } from './templates.ts';

export { consequence, type VerdictSource } from './consequence.ts';
export type { Family, VerdictRange, VerdictRule } from './row.ts';

/** All rows, by family, in the order of docs/errors.md. */
export const VERDICT_FAMILIES: readonly Family[] = [
  GENERAL,
  THROTTLING,
  SENDING,
  TEMPLATES,
  TEMPLATE_CREATION,
  HEALTH,
  CALLING,
  REGISTRATION,
];

/** A row, and whether the table had it. */
export type KnownVerdict = VerdictRule & { readonly known: boolean };

const RULES: ReadonlyMap<number, VerdictRule> = new Map(
  VERDICT_FAMILIES.flatMap((family) => family.rules.map((rule) => [rule.code, rule] as const)),
);
const RANGES: readonly VerdictRange[] = VERDICT_FAMILIES.flatMap((family) => family.ranges);

/** What follows from an error. An unknown code pauses the campaign when it repeats, and Meta's message is kept. */
export function verdictFor(error: GraphError): KnownVerdict {
  const found = RULES.get(error.code) ?? inRange(error.code);
  if (found === undefined) return unknown(error);
  return { ...found, ...refine(error), known: true };
}

function inRange(code: number): VerdictRule | undefined {
  const range = RANGES.find((r) => code >= r.code && code <= r.to);
  if (range === undefined) return undefined;
  const { to: _to, ...rule } = range;
  return { ...rule, code };
}

function unknown(error: GraphError): KnownVerdict {
  const text = saidOnce(
    error.details === undefined ? error.message : `${error.message}: ${error.details}`,
  );
  return {
    code: error.code,
    verdict: 'pause-campaign',
    meaning: `Meta refused with a code that callpermit does not know${text === '' ? '.' : `: ${text}`}`,
    advice: "Look the code up in Meta's documentation, put it right, then resume or retry.",
    source: 'not in our table',
    known: false,
  };
}

/** Whether asking those again who were refused so brings the same answer, as a rule: they are as they are, or asked to be left alone. */
export function isLasting(code: number): boolean {
  const { verdict, isLasting: is = false } = verdictFor({ code, message: '' });
  return is || verdict === 'suppress';
}

/** Codes that mean two things, told apart by Meta's message. */
function refine(error: GraphError): Partial<VerdictRule> {
  const text = `${error.message} ${error.details ?? ''}`;
  // Graph's way of saying that the node of the path, our phone number id, is not there for this token.
  if (
    error.code === 100 &&
    (error.subcode === 33 || /unsupported \w+ request|does not exist, cannot be loaded/i.test(text))
  ) {
    return {
      verdict: 'pause-sender',
      meaning: 'The phone number id does not exist, or this token may not use it.',
      advice: "Check WHATSAPP_PHONE_NUMBER_ID and the token's access to it, then resume.",
    };
  }
  if (error.code === 131031 && /\bpin\b/i.test(text)) {
    return {
      meaning: 'Data of the number, such as the two-step PIN, do not match.',
      advice: 'Put the PIN right in WhatsApp Manager, then resume.',
    };
  }
  return {};
}
