/** Whether the first line of a list is a person: whoever takes it for the names of columns asks that person never, without a word. */
import { cleanPhone } from './phone-text.ts';
import { isUserId } from './user-id.ts';

/** No column is called so: seven digits are the fewest that a number with its area has. */
const FEWEST_DIGITS = 7;

/** Whether what should be the name of a column is a phone number or a user id. */
export function isPerson(name: string): boolean {
  const cell = name.trim();
  if (isUserId(cell)) return true;
  const cleaned = cleanPhone(cell);
  return cleaned.ok && cleaned.value.replace(/\D/g, '').length >= FEWEST_DIGITS;
}
