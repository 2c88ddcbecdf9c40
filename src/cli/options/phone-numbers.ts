/** Phone numbers typed on a command line: of any spelling, and all that are wrong told at once. */
import { Option } from 'commander';
import { maskPhone } from '../../core/people/mask-phone.ts';
import type { NumberReading } from '../../core/people/phone.ts';
import { type Problem, problem } from '../../core/problem.ts';
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

/** Reads them to E.164, also as our export prints them; throws a problem for each that cannot be read, before anything is done. */
export async function readNumbers(
  cli: Cli,
  texts: readonly string[],
  options: NumberOptions,
): Promise<readonly string[]> {
  const { toE164 } = await import('../../core/people/phone.ts');
  const country = options.defaultCountry ?? cli.config().defaultCountry;
  const numbers: string[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const read = toE164(text, country, options.numbers ?? 'wa-id');
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
