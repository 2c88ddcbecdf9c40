/** People named on a command line: by numbers of any spelling or user ids, and all that are wrong told at once. */
import { Option } from 'commander';
import type { NumberReading } from '../../core/people/phone.ts';
import { readPerson } from '../../core/people/read-person.ts';
import type { Problem } from '../../core/problem.ts';
import type { Cli } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';

/** `--default-country`, where a command takes numbers or a list. */
export function defaultCountryOption(): Option {
  return new Option(
    '--default-country <code>',
    'country of national numbers, like US (else DEFAULT_COUNTRY; with neither they are refused)',
  ).argParser((code) => code.toUpperCase());
}

/** How the numbers of a command are read. */
export interface NumberOptions {
  readonly defaultCountry?: string;
  readonly numbers?: NumberReading;
}

/** Reads them; throws a problem for each that cannot be read, before anything is done. */
export async function readPeople(
  cli: Cli,
  texts: readonly string[],
  options: NumberOptions,
): Promise<readonly string[]> {
  const defaultCountry = options.defaultCountry ?? cli.config().defaultCountry;
  const people: string[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const read = await readPerson(text, { defaultCountry, numbers: options.numbers });
    if (read.ok) people.push(read.value);
    else problems.push(read.error);
  }
  if (problems.length > 0) throw thrown(problems);
  cli.acting.people = people;
  return people;
}
