/** People named in a path or a body: by a number of any spelling or a user id, read as the command line reads them. */
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { readPerson } from '../core/people/read-person.ts';
import { ProblemError } from '../core/problem.ts';
import { sharedFields } from './list-schemas.ts';
import { strictObject } from './strict-object.ts';

/** As long as the router takes a part of a path. */
const MOST_CHARACTERS = 200;

/** A person as a text. */
export const personText = z
  .string()
  .min(1)
  .max(MOST_CHARACTERS)
  .describe('Phone number, like +16505551234, or a user id, like US.1349.');

/** How numbers without a plus are read. */
export const numberReading = {
  defaultCountry: sharedFields.defaultCountry.optional(),
  numbers: sharedFields.numbers.optional(),
};

/** Path of one person. */
export const personPath = z.object({ to: personText });

/** Query beside it. */
export const personQuery = strictObject(numberReading);

/** The number in E.164, or the user id; what cannot be read is refused with its place. */
export async function personOf(
  config: Pick<Config, 'defaultCountry'>,
  text: string,
  p: {
    readonly defaultCountry?: string | undefined;
    readonly numbers?: 'national' | 'international' | undefined;
    readonly where: string;
  },
): Promise<string> {
  const defaultCountry = p.defaultCountry ?? config.defaultCountry;
  const read = await readPerson(text, { defaultCountry, numbers: p.numbers });
  if (read.ok) return read.value;
  throw new ProblemError({ ...read.error, where: p.where });
}
