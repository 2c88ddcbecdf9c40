/**
 * Options by the names of each way in. Texts name them as they are typed (`--default-country`), and the command
 * line shows them so; programs, over HTTP and in Node, are told `defaultCountry`.
 */

import { given } from '../core/given.ts';
import { readColumnMap } from '../core/people/column-map.ts';
import type { RefusedLine } from '../core/people/recipient.ts';
import type { Problem } from '../core/problem.ts';
import type { RequestResult } from '../core/request.ts';
import { LIST_CHECKS } from './option-checks.ts';

const NAMES: ReadonlySet<string> = new Set([...Object.keys(LIST_CHECKS), 'uncertain']);
const MAP = /--map (?:"([^"]+)"|'([^']+)')/g;
/** A command is typed as it stands, whoever is told of it. */
const COMMAND = /(`callpermit [^`]*`)/;
const TYPED = /--([a-z]+(?:-[a-z]+)*)/g;

/** A list over HTTP says its format by the content type of its body. */
const FORMATS: readonly (readonly [string, string])[] = [
  [
    '--format csv, ndjson or json',
    'Content-Type text/csv, application/x-ndjson or application/json',
  ],
  ['--format ndjson', 'Content-Type: application/x-ndjson'],
];

/** A text with the names that programs use: `--map "Name=1"` is `map {"Name":"1"}`. */
export function forPrograms(text: string): string {
  if (!text.includes('--')) return text;
  const formats = FORMATS.reduce((said, [typed, header]) => said.replaceAll(typed, header), text);
  return formats
    .split(COMMAND)
    .map((part) => (part.startsWith('`callpermit ') ? part : named(part)))
    .join('');
}

function named(text: string): string {
  return text
    .replace(MAP, (whole, double?: string, single?: string) => {
      const map = readColumnMap(double ?? single ?? '');
      return map.ok ? `map ${JSON.stringify(map.value)}` : whole;
    })
    .replaceAll('--ignore-columns all', 'ignoreColumns "all"')
    .replace(TYPED, (whole, typed: string) => {
      const name = typed.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return NAMES.has(name) ? name : whole;
    });
}

/** A problem for a program. */
export function problemForPrograms<P extends Problem>(p: P): P {
  const { message, next, where } = p;
  return {
    ...p,
    message: forPrograms(message),
    ...given({
      next: next === undefined ? undefined : forPrograms(next),
      where: where === undefined ? undefined : forPrograms(where),
    }),
  };
}

/** Refused lines for a program. */
export function linesForPrograms(lines: readonly RefusedLine[]): RefusedLine[] {
  return lines.map((line) => ({ ...line, message: forPrograms(line.message) }));
}

/** What became of one person, for a program. */
export function resultForPrograms<R extends Pick<RequestResult, 'advice'>>(result: R): R {
  const { advice } = result;
  return advice === null ? result : { ...result, advice: forPrograms(advice) };
}

/** What became of each person, for a program. */
export async function* resultsForPrograms(
  results: AsyncIterable<RequestResult>,
): AsyncGenerator<RequestResult, void> {
  for await (const result of results) yield resultForPrograms(result);
}
