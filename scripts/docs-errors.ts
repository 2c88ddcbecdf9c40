/**
 * Writes docs/errors.md from the verdict table and the table of problems. Run from the repository's root after a change of
 * either; a test fails while the file is older.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { PROBLEMS } from '../src/core/problem.ts';
import { VERDICTS } from '../src/core/verdicts/verdict.ts';
import {
  consequence,
  type Family,
  VERDICT_FAMILIES,
  type VerdictRange,
  type VerdictRule,
  type VerdictSource,
} from '../src/core/verdicts/verdicts.ts';

/** What a service meets that calls the HTTP API, whatever it calls. */
const ACCESS: Readonly<Partial<Record<keyof typeof PROBLEMS, string>>> = {
  UNAUTHORIZED: 'The request carries no key and no session, or one that is wrong, revoked or over.',
  FORBIDDEN:
    "The key's scope or the user's role is too small; the message names the one that is needed. Or somebody who changes their own password gave a wrong one.",
  OTHER_ORIGIN: 'By a cookie, something would be changed by a page of another site.',
  CSRF_TOKEN:
    'By a cookie, something would be changed without the header `X-CSRF-Token` of the session.',
  METHOD_NOT_ALLOWED: 'The path takes other methods: the header `Allow` names them.',
  TOO_MANY_REQUESTS:
    'The key or the user has made its requests of this minute (`API_REQUESTS_PER_MINUTE`): again after `Retry-After` seconds. `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) are in every answer to a key.',
  DATABASE_UNREACHABLE: 'Out of reach for now: again after `Retry-After` seconds.',
  QUEUE_UNREACHABLE: 'Out of reach for now: again after `Retry-After` seconds.',
};

/** The whole text of docs/errors.md. */
export function renderErrors(): string {
  return `${[
    '# Errors: what each refusal means and what follows',
    'Generated from `src/core/verdicts/verdicts.ts` and `src/core/problem.ts` by `scripts/docs-errors.ts`; do not edit by hand. `callpermit errors CODE` explains one code.',
    'Codes of Meta come first, [codes of our own](#codes-of-our-own) below.',
    "Meta's `error.code` decides, never the HTTP status. Under each heading stands Meta's page with these codes; what follows from a code is ours.",
    '## What a verdict does',
    'An **answer** is the reply to our POST. A **failed status** comes later by webhook: it never moves the state of a request and never causes a POST; another list, or a single request, is the way to ask again.',
    matrix('answer'),
    matrix('status'),
    '"Allowance" is what the claim reserved of the one request in 24 hours and two in 7 days that a sender may make to a person. "Attempt" says whether it counts towards the five attempts of a request. A probe that finds a template or sender still closed looks again after twice the time.',
    '## Codes',
    ...VERDICT_FAMILIES.flatMap((family) => [
      `### ${family.title}`,
      `Meta: ${family.source}`,
      codes(family),
    ]),
    '### Every other code',
    "Counts as `pause-campaign`: the request is rejected with Meta's own words; when the same code comes several times with no acceptance between, the campaign pauses and these rows go back to `pending`. It is logged once per code.",
    '## Codes of our own',
    'Whatever else is refused has one of these codes: in the problem (RFC 9457) that the HTTP API answers, and in `error.code` of `--json`. The message says what was wrong, and as a rule what to do.',
    problems(),
    'Whatever is called over HTTP, these may come:',
    table(
      ['Code', 'What happened'],
      Object.entries(ACCESS).map(([code, text]) => [`\`${code}\``, text]),
    ),
  ].join('\n\n')}\n`;
}

function problems(): string {
  const codes = new Map<string, string[]>();
  for (const [code, { http, exit }] of Object.entries(PROBLEMS)) {
    const both = `${http} ${exit}`;
    codes.set(both, [...(codes.get(both) ?? []), `\`${code}\``]);
  }
  const rows = [...codes].sort(([a], [b]) => a.localeCompare(b));
  return table(
    ['HTTP status', 'Exit code', 'Codes'],
    rows.map(([both, of]) => [...both.split(' '), of.join(', ')]),
  );
}

function matrix(source: VerdictSource): string {
  const head = source === 'answer' ? 'Verdict of an answer' : 'Verdict of a failed status';
  return table(
    [head, 'State', 'Allowance', 'Attempt', 'What happens'],
    VERDICTS.map((verdict) => {
      const c = consequence(verdict, source);
      const state = c.otherwise === undefined ? c.state : `${c.state}, or ${c.otherwise}`;
      return [
        `\`${verdict}\``,
        state,
        c.allowance.replace('-', ' '),
        c.attempt.replace('-', ' '),
        c.effect,
      ];
    }),
  );
}

function codes(family: Family): string {
  const rows: readonly (VerdictRule | VerdictRange)[] = [...family.rules, ...family.ranges];
  return table(
    ['Code', 'Verdict', 'What happened', 'What to do'],
    [...rows]
      .sort((a, b) => a.code - b.code)
      .map((rule) => [
        'to' in rule ? `${rule.code}-${rule.to}` : `${rule.code}`,
        `\`${rule.verdict}\`${figures(rule)}`,
        rule.meaning,
        rule.advice,
      ]),
  );
}

function figures(rule: VerdictRule): string {
  return [
    ...(rule.probeAfterMs === undefined ? [] : [` (probe after ${duration(rule.probeAfterMs)})`]),
    ...(rule.delayMs === undefined ? [] : [` (waits ${duration(rule.delayMs)})`]),
  ].join('');
}

function duration(ms: number): string {
  const minutes = ms / 60_000;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync('docs/errors.md', renderErrors());
}
