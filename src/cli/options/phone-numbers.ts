/** Phone numbers typed on a command line: of any spelling, and all that are wrong told at once. */
import { Option } from 'commander';
import { maskPhone, toE164 } from '../../core/people/phone.ts';
import { type Problem, problem } from '../../core/problem.ts';
import type { Cli } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';

/** `--default-country`, where a command takes numbers or a list. */
export function defaultCountryOption(): Option {
  return new Option(
    '--default-country <code>',
    'country of numbers without a country code, like US (else DEFAULT_COUNTRY)',
  ).argParser((code) => code.toUpperCase());
}

/** Reads them to E.164; throws a problem for each that cannot be read, before anything is done. */
export function readNumbers(
  cli: Cli,
  texts: readonly string[],
  defaultCountry: string | undefined,
): readonly string[] {
  const country = defaultCountry ?? cli.config().defaultCountry;
  const numbers: string[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const read = toE164(text, country);
    if (read.ok) numbers.push(read.value);
    else {
      problems.push(
        problem('USAGE', `"${maskPhone(text)}" cannot be read: ${read.error.message}.`, {
          where: 'number',
        }),
      );
    }
  }
  if (problems.length > 0) throw thrown(problems);
  return numbers;
}
