/** What Postgres refuses for its value: no U+0000 in text, no lone surrogate in JSON, no integer beyond 32 bits. */

const SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Whether all of it can be stored. */
export function areStorable(
  texts: readonly (string | undefined)[],
  number: number | undefined,
): boolean {
  return (
    texts.every(
      (text) => text === undefined || !(text.includes('\u0000') || SURROGATE.test(text)),
    ) &&
    (number === undefined || (Number.isInteger(number) && Math.abs(number) <= 2 ** 31 - 1))
  );
}

/** Throws as the server would. */
export function refuseValues(
  texts: readonly (string | undefined)[],
  number: number | undefined,
): void {
  if (!areStorable(texts, number)) throw sqlError('22P02', 'invalid input syntax for type json');
}

/** An error as the driver throws it. */
export function sqlError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
