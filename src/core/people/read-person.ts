/** One person as people and programs name them: by a number of any spelling, or by a user id. */
import { type Problem, problem } from '../problem.ts';
import { err, ok, type Result } from '../result.ts';
import { maskPhone } from './mask-phone.ts';
import type { HowToRead } from './phone.ts';
import { isUserId } from './user-id.ts';

/** How a number without a plus is read. */
export interface PersonReading {
  readonly defaultCountry?: string | undefined;
  /** As our own exports print them unless told. */
  readonly numbers?: HowToRead | undefined;
}

/** The number in E.164, or the user id as it is. */
export async function readPerson(
  text: string,
  { defaultCountry, numbers = 'wa-id' }: PersonReading = {},
): Promise<Result<string, Problem>> {
  if (isUserId(text)) return ok(text);
  // The tables of numbering plans take 0.1 s to load.
  const { toE164 } = await import('./phone.ts');
  const read = toE164(text, defaultCountry, numbers);
  if (read.ok) return read;
  const message = `"${maskPhone(text)}" cannot be read: ${read.error.message}.`;
  return err(problem('USAGE', message, { where: 'number' }));
}
