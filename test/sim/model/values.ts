/** What Postgres refuses for its value: the statement fails, whatever else it carries. */

const SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Throws as the server would: no U+0000 in text, no lone surrogate in JSON, no integer beyond 32 bits. */
export function refuseValues(
  texts: readonly (string | undefined)[],
  ...numbers: readonly (number | undefined)[]
): void {
  for (const text of texts) {
    if (text === undefined) continue;
    if (text.includes('\u0000')) throw sqlError('22P05', 'unsupported Unicode escape sequence');
    if (SURROGATE.test(text)) throw sqlError('22P02', 'invalid input syntax for type json');
  }
  for (const number of numbers)
    if (number !== undefined && (!Number.isInteger(number) || Math.abs(number) > 2 ** 31 - 1))
      throw sqlError('22003', `value "${number}" is out of range for type integer`);
}

/** An error as the driver throws it. */
export function sqlError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
