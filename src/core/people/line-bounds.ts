/**
 * How much one person's line may be, whichever way it came: no list of people needs more, and a line that has more of it
 * holds up everybody else's. It is looked at before anything else is, and no further than up to the bound.
 */

/** Why a line is too much: a fixed code for programs, a reason for people. */
export interface LineFailure {
  readonly code: 'COLUMNS_TOO_MANY' | 'LINE_TOO_LONG';
  readonly message: string;
}

/** Characters of a line or record: eight times what Meta takes of parameters. */
export const LINE_LIMIT = 262_144;

/** Columns of a line, or fields of an object with those inside others; a template has some ten, an export of a big system hundreds. */
export const COLUMN_LIMIT = 2_000;

/** What is kept of a line that is too long, for the report. */
export const TOO_LONG_KEPT = 1_000;

/** What is said of a line whose text is longer than {@link LINE_LIMIT}. */
export const LINE_TOO_LONG: LineFailure = {
  code: 'LINE_TOO_LONG',
  message: 'the line is longer than 262,144 characters; a line for one person is far shorter',
};

const COLUMNS_TOO_MANY: LineFailure = {
  code: 'COLUMNS_TOO_MANY',
  message:
    'the line has more than 2,000 fields, those of its parameters counted; give those that the template needs',
};

/** Says what is too much of a line that is an object, `undefined` where nothing is. */
export function tooMuchOf(line: unknown): LineFailure | undefined {
  if (typeof line === 'string' && line.length > LINE_LIMIT) return LINE_TOO_LONG;
  if (typeof line !== 'object' || line === null) return undefined;
  let fields = 0;
  let characters = 0;
  // Not by calls in calls: JSON may be nested deeper than those.
  let left: object[] | undefined;
  // An object of this process may hold itself.
  let seen: Set<object> | undefined;
  for (let one: object | undefined = line; one !== undefined; one = left?.pop()) {
    for (const name in one) {
      const value = (one as Readonly<Record<string, unknown>>)[name];
      fields += 1;
      if (fields > COLUMN_LIMIT) return COLUMNS_TOO_MANY;
      characters += name.length;
      if (typeof value === 'string') characters += value.length;
      else if (typeof value === 'object' && value !== null && value !== line && !seen?.has(value)) {
        seen ??= new Set();
        seen.add(value);
        left ??= [];
        left.push(value);
      }
      if (characters > LINE_LIMIT) return LINE_TOO_LONG;
    }
  }
  return undefined;
}
