/** Columns that `--ignore-columns` names: they have to be there, and one with phone numbers has to be left. */

import { knownColumn, namesPerson } from '../core/people/known-columns.ts';
import type { ListRules } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';

/** The names that are to be left out, as they were given, without those that are among `columns`. */
export function notThere(
  { ignoreColumns }: ListRules,
  columns: readonly string[],
): readonly string[] {
  if (!Array.isArray(ignoreColumns)) return [];
  const there = new Set(columns.map(plainColumn));
  return ignoreColumns.filter((name) => !there.has(plainColumn(name)));
}

/** Refuses a list that lacks a column which it is to be read without; a typing error would else show late, or never. */
export function noSuchColumn(
  name: string,
  columns: readonly string[],
  where: string,
): ProblemError {
  const has = columns
    .slice(0, 20)
    .map((column) => `"${column}"`)
    .join(', ');
  return ignoredProblem(
    `"${where}" has no column "${name}", which --ignore-columns names; it has: ${has || 'none'}.`,
    'Write the column as the list has it, or leave it out of the option.',
  );
}

/** Of a list whose phone column is not found: the one that was to be ignored, if it is that. */
export function ignoredPhone(
  { ignoreColumns }: ListRules,
  columns: readonly string[],
): ProblemError | undefined {
  if (!Array.isArray(ignoreColumns)) return undefined;
  const ignored = new Set(ignoreColumns.map(plainColumn));
  const phone = columns.find((column) => {
    const known = knownColumn(column);
    return ignored.has(plainColumn(column)) && known !== undefined && namesPerson(known);
  });
  if (phone === undefined) return undefined;
  return ignoredProblem(
    `--ignore-columns leaves out "${phone}", the column with the phone numbers.`,
    'Take it out of the option, or say with --map which other column has the numbers.',
  );
}

/** A column's name as names are compared. */
export function plainColumn(column: string): string {
  return column.trim().toLowerCase();
}

function ignoredProblem(message: string, next: string): ProblemError {
  return new ProblemError(problem('LIST_COLUMNS', message, { where: '--ignore-columns', next }));
}
