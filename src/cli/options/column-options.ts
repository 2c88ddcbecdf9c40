/** `--map`, `--ignore-columns`, `--numbers`: how a list is read that was made for something else. */
import { type Command, Option } from 'commander';
import {
  type ColumnMap,
  joinedColumnMaps,
  readColumnMap,
  readColumns,
} from '../../core/people/column-map.ts';
import type { NumberReading } from '../../core/people/phone.ts';
import { checked } from './options.ts';

/** Adds `--map` and `--ignore-columns`. */
export function withColumnOptions(command: Command): Command {
  return command
    .option(
      '--map <column=parameter>',
      'take a column under another name, like "Phone Number=to" or "Name=1,City=2"; may be given again',
      columnMap,
    )
    .option(
      '--ignore-columns <a,b|all>',
      'leave these columns out; all: every column that the template does not need',
      ignoredColumns,
    );
}

/** `--numbers`, where numbers are read. */
export function numbersOption(): Option {
  return new Option(
    '--numbers <reading>',
    'how digits without a plus are read where they can be numbers of two countries',
  ).choices(['national', 'international'] satisfies readonly NumberReading[]);
}

/** `--map`, which may be given again. */
export function columnMap(text: string, before: ColumnMap = {}): ColumnMap {
  return checked(joinedColumnMaps(before, checked(readColumnMap(text))));
}

/** `--ignore-columns`, which may be given again. */
export function ignoredColumns(
  text: string,
  before: readonly string[] | 'all' | undefined,
): readonly string[] | 'all' {
  const columns = checked(readColumns(text));
  return columns === 'all' || before === 'all' ? 'all' : [...(before ?? []), ...columns];
}
