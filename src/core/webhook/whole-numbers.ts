/** JSON that is read and written again with the digits of its large numbers: `JSON.parse` rounds ids that Meta writes as numbers. */

/** What JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

// As texts they come through unchanged; what is a string already is passed by.
const LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const MARKED = /"\\u0000(-?\d+)"/g;

/** Reads a text; throws where it is no JSON. Large whole numbers are strings that {@link writeWhole} knows. */
export function readWhole(text: string): Json {
  return JSON.parse(
    text.replace(LONG_NUMBER, (found) => (found.startsWith('"') ? found : `"\\u0000${found}"`)),
  );
}

/** Writes what {@link readWhole} read. @param indent as of `JSON.stringify` */
export function writeWhole(value: Json, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(MARKED, '$1');
}
