/** `--map`, `--ignore-columns` and `--numbers`: how the columns and numbers of a list are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readColumnMap, readColumns } from '../../core/people/column-map.ts';
import { NUMBER_READINGS } from '../../core/ports/index.ts';

/** Adds them to a command that takes a list. */
export function withColumnOptions(command: Command): Command {
  return command
    .option(
      '--map <column=name>',
      'a column that goes by another name, like name=1,city=2 or "Phone Number"=to; may be given again',
      columnMap,
    )
    .option(
      '--ignore-columns <names>',
      'leave columns out, like a,b; all: those that the template does not need',
      ignoredColumns,
    )
    .addOption(
      new Option(
        '--numbers <reading>',
        'digits without a plus: of the default country, or with a country code',
      ).choices(NUMBER_READINGS),
    );
}

function columnMap(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const read = readColumnMap(text);
  if (!read.ok) throw new InvalidArgumentError(read.error);
  const twice = Object.keys(read.value).find((column) => before?.[column] !== undefined);
  if (twice !== undefined)
    throw new InvalidArgumentError(`Expected each column once, got "${twice}" twice`);
  return { ...before, ...read.value };
}

function ignoredColumns(
  text: string,
  before: readonly string[] | 'all' | undefined,
): readonly string[] | 'all' {
  const read = readColumns(text);
  if (!read.ok) throw new InvalidArgumentError(read.error);
  return read.value === 'all' || before === 'all' ? 'all' : [...(before ?? []), ...read.value];
}
