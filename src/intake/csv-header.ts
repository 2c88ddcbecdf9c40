/**
 * The first line of a CSV: which character parts the cells, which column is what. Everything
 * wrong with it is wrong for all lines, so it refuses the list.
 */

import { DELIMITERS, guessDelimiter } from '../core/csv/delimiter.ts';
import { isPerson } from '../core/people/is-person.ts';
import { type KnownColumn, namesPerson } from '../core/people/known-columns.ts';
import { COLUMN_LIMIT } from '../core/people/line-bounds.ts';
import { maskPhone } from '../core/people/mask-phone.ts';
import type { ListRules } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { checkStorableText } from '../core/template/parameter-text.ts';
import { checkMap, columnRoles, saysWho } from './columns.ts';
import { ignoredPhone, noSuchColumn, notThere } from './ignored-columns.ts';
import { mapToPhone, phoneColumnOf } from './phone-columns.ts';

/** What a header says. */
export interface CsvHeader {
  readonly delimiter: string;
  /** Where the known columns stand. */
  readonly known: ReadonlyMap<KnownColumn, number>;
  /** Absent where people are named by user ids alone. */
  readonly phoneColumn: 'to' | 'phone' | undefined;
  /** The other columns, by name and place. */
  readonly parameters: readonly { readonly name: string; readonly at: number }[];
  /** Names that several columns have, of a list whose other columns do not matter. */
  readonly twice: ReadonlySet<string>;
  /** Columns a record must have. */
  readonly width: number;
}

/** Reads a header; `delimiter` where a `sep=` line has named it. Throws a `ProblemError`. */
export function readHeader(
  text: string,
  name: string,
  rules: ListRules = {},
  delimiter?: string,
): CsvHeader {
  const roles = columnRoles(rules);
  const refuse = (message: string, next: string) =>
    new ProblemError(problem('LIST_UNREADABLE', message, { where: name, next }));

  if (checkStorableText(text) !== undefined) {
    throw refuse(
      `The first line of "${name}" has characters that cannot be read.`,
      'Save the list as CSV in UTF-8 (in a spreadsheet: "CSV UTF-8").',
    );
  }
  const guess = guessDelimiter(
    text,
    (column) => saysWho(roles(column)),
    delimiter === undefined ? DELIMITERS : [delimiter],
  );
  if (guess === undefined) {
    throw refuse(
      `The first line of "${name}" has a quotation mark that is not closed, or in the wrong place.`,
      'Correct the header line.',
    );
  }
  const names = guess.cells.map((cell) => cell.trim());
  let width = names.length;
  // An exporter's trailing delimiters.
  while (width > 1 && names[width - 1] === '') width -= 1;

  if (width > COLUMN_LIMIT) {
    throw refuse(
      `The first line of "${name}" names ${inThousands(width)} columns; at most ${inThousands(COLUMN_LIMIT)} are read.`,
      'Save the list with the columns that the template needs.',
    );
  }
  const columns = names.slice(0, width);
  checkMap(rules, columns, name);
  const [unknown] = notThere(rules, columns);
  if (unknown !== undefined) throw noSuchColumn(unknown, columns.map(maskedName), name);

  // Nobody can map or need a column without a name, and of two with one name perhaps nothing needs either.
  const isLax = rules.ignoreColumns === 'all' || rules.optOuts === true;
  const known = new Map<KnownColumn, number>();
  const parameters = new Map<string, number>();
  const twice = new Set<string>();
  for (const [at, column] of columns.entries()) {
    if (column === '') {
      if (isLax) continue;
      throw refuse(`Column ${at + 1} of "${name}" has no name.`, 'Name it in the first line.');
    }
    for (const role of roles(column)) {
      if (role.kind === 'parameter' && parameters.has(role.name) && isLax) {
        // Whether the template needs it is not known yet.
        twice.add(role.name);
        continue;
      }
      if (role.kind === 'parameter' ? parameters.has(role.name) : known.has(role.as)) {
        throw twoColumns(column, name);
      }
      if (role.kind === 'known' && namesPerson(role.as) && isPerson(column)) {
        throw refuse(
          `The first line of "${name}" has ${shown(column)} where the column with the phone numbers is named: that is a person, who would not be asked.`,
          'Put a line above it that names the columns, the one with the phone numbers "to".',
        );
      }
      if (role.kind === 'parameter') parameters.set(role.name, at);
      else known.set(role.as, at);
    }
  }
  if (known.has('to') && known.has('phone')) {
    throw refuse(
      `"${name}" has both a column "to" and a column "phone".`,
      'Keep the one with the phone numbers; the other needs another name, or has to go.',
    );
  }
  if (!known.has('to') && !known.has('phone') && !known.has('user_id')) {
    const ignored = ignoredPhone(rules, columns);
    if (ignored !== undefined) throw ignored;
    const phone = phoneColumnOf(names);
    throw refuse(
      `"${name}" has no column "to" (or "phone"); its first line has: ${names.slice(0, 20).map(shown).join(', ')}.`,
      phone === undefined
        ? 'The first line must name the columns, the one with the phone numbers "to".'
        : mapToPhone(phone),
    );
  }
  return {
    delimiter: guess.delimiter,
    known,
    phoneColumn: known.has('to') ? 'to' : known.has('phone') ? 'phone' : undefined,
    parameters: [...parameters].map(([column, at]) => ({ name: column, at })),
    twice,
    width,
  };
}

/** Which of two columns of one name is meant cannot be known. */
export function twoColumns(column: string, name: string): ProblemError {
  return new ProblemError(
    problem('LIST_UNREADABLE', `Two columns of "${name}" are called ${shown(column)}.`, {
      where: name,
      next: 'Give each column a name of its own.',
    }),
  );
}

function inThousands(n: number): string {
  return new Intl.NumberFormat('en-US').format(n);
}

/** A column's name for a message: where the header is missing, it is a person's data. */
function shown(name: string): string {
  return `"${maskedName(name)}"`;
}

function maskedName(name: string): string {
  const short = name.length > 40 ? `${name.slice(0, 40)}...` : name;
  return short.replace(/\D/g, '').length >= 7 ? maskPhone(short) : short;
}
