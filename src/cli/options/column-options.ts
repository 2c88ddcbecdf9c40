/** `--map`, `--ignore-columns`, `--numbers`: how a list is read that was made for something else. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NumberReading } from '../../core/people/phone.ts';

/** The options as commander gives them. */
export interface ColumnOptions {
  readonly map?: Readonly<Record<string, string>>;
  readonly ignoreColumns?: readonly string[] | 'all';
}

/** Adds `--map` and `--ignore-columns`. */
export function withColumnOptions(command: Command): Command {
  return command
    .option(
      '--map <column=parameter>',
      'a column that goes by another name, like "Name=1,City=2" or "Phone Number=to"; may be given again',
      columnMap,
    )
    .option(
      '--ignore-columns <a,b|all>',
      'columns that are left out; all: those that the template does not need',
      ignoredColumns,
    );
}

/** `--numbers`, where numbers are read. */
export function numbersOption(): Option {
  return new Option(
    '--numbers <reading>',
    'what digits without a plus are where they can be two numbers: national or international',
  ).choices(['national', 'international'] satisfies readonly NumberReading[]);
}

/**
 * `Name=1,City=2`: column to parameter. A column whose name has a comma or a quotation mark stands in quotation marks,
 * doubled inside: `"Name, first"=1`. The last equals sign parts the two, since no parameter's name has one.
 */
export function columnMap(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const map = new Map(Object.entries(before ?? {}));
  for (const part of partsOf(text)) {
    const at = part.lastIndexOf('=');
    const [column, parameter] = [unquoted(part.slice(0, at)), unquoted(part.slice(at + 1))];
    if (at === -1 || column === '' || parameter === '') {
      throw new InvalidArgumentError(
        'Expected column=parameter, like "Name=1,City=2" or "Phone Number=to"',
      );
    }
    if (map.has(column)) throw new InvalidArgumentError(`The column "${column}" stands there twice`);
    map.set(column, parameter);
  }
  return Object.fromEntries(map);
}

/** `email,"Name, first"`, or `all`. */
export function ignoredColumns(
  text: string,
  before: readonly string[] | 'all' | undefined,
): readonly string[] | 'all' {
  if (before === 'all' || text.trim().toLowerCase() === 'all') return 'all';
  const columns = partsOf(text).map(unquoted);
  if (columns.some((column) => column === '')) {
    throw new InvalidArgumentError('Expected names of columns, like email,city, or all');
  }
  return [...(before ?? []), ...columns];
}

/** The parts between commas that do not stand in quotation marks. */
function partsOf(text: string): readonly string[] {
  return text.match(/(?:"(?:[^"]|"")*"|[^,])+/g) ?? [''];
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const quoted = /^"((?:[^"]|"")*)"$/.exec(trimmed)?.[1];
  return quoted === undefined ? trimmed : quoted.replaceAll('""', '"');
}
