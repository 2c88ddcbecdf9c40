/**
 * One record's texts to a recipient, or to a refused line with column and reason. Every format
 * ends here, so that a list means the same whichever way it comes in.
 */

import { parseInstant } from '../core/instant.ts';
import { type HowToRead, toE164 } from '../core/people/phone.ts';
import type { ListLine, Recipient } from '../core/people/recipient.ts';
import { isUserId } from '../core/people/user-id.ts';
import type { ListRules } from '../core/ports/index.ts';
import { err, ok, type Result } from '../core/result.ts';
import { doubtfulText } from '../core/template/doubtful.ts';
import { spelledLanguage } from '../core/template/languages.ts';
import {
  BODY_TEXT_LIMIT,
  characters,
  checkParameterText,
  checkStorableText,
  HEADER_TEXT_LIMIT,
} from '../core/template/parameter-text.ts';
import { nameInList } from './columns.ts';
import type { WarningBook } from './warnings.ts';
import { zonesOf } from './zones.ts';

/** The texts of one record. `names` and `values` are the parameters, side by side. */
export interface RecordTexts {
  readonly row: number;
  readonly to: { readonly column: 'to' | 'phone' | 'user_id'; readonly text: string };
  readonly reference: string | undefined;
  readonly language: string | undefined;
  readonly notBefore: string | undefined;
  readonly notAfter: string | undefined;
  readonly names: readonly string[];
  readonly values: readonly string[];
  /** Physical lines the record took, where a quotation mark may be missing. */
  readonly physicalLines?: number;
}

/** Characters of a reference: it is searched for, and an index takes no long texts. */
const REFERENCE_LIMIT = 255;

/** A line that cannot be asked; the value is kept whole, made fit for a database's text. */
export function refusedLine(p: {
  readonly row: number;
  readonly code: string;
  readonly message: string;
  readonly column?: string;
  readonly value?: string;
}): ListLine {
  const { value, ...rest } = p;
  return {
    kind: 'refused',
    refused: { ...rest, ...(value === undefined ? {} : { value: storable(value) }) },
  };
}

/** Texts of a record to a list line. */
export function readLine(record: RecordTexts, rules: ListRules, warnings?: WarningBook): ListLine {
  const { row } = record;
  const refuse = (
    column: string,
    value: string,
    failure: { readonly code: string; readonly message: string },
  ) => {
    const { code, message } = failure;
    return refusedLine({ row, column: nameInList(column, rules), value, code, message });
  };

  const to =
    record.to.column === 'user_id'
      ? readUserId(record.to.text)
      : toE164(record.to.text, rules.defaultCountry, howToRead(rules));
  if (!to.ok) return refuse(record.to.column, record.to.text, to.error);
  if (rules.optOuts) {
    return { kind: 'recipient', recipient: { row, to: to.value, parameters: reasonOf(record) } };
  }
  const line: Writable<Recipient> = { row, to: to.value, parameters: {} };
  if (rules.zones) line.zones = zonesOf(to.value);

  if (record.reference !== undefined && record.reference.trim() !== '') {
    const failure = checkReference(record.reference);
    if (failure) return refuse('reference', record.reference, failure);
    line.reference = record.reference;
  }
  if (record.language !== undefined && record.language.trim() !== '') {
    const language = spelledLanguage(record.language, rules.languages);
    if (rules.languages !== undefined && !rules.languages.includes(language)) {
      return refuse('language', record.language, noSuchLanguage(rules.languages));
    }
    if (!LANGUAGE.test(language)) return refuse('language', record.language, LANGUAGE_FAILURE);
    line.language = language;
  }
  if (record.notBefore !== undefined && record.notBefore.trim() !== '') {
    const time = parseInstant(record.notBefore);
    if (!time.ok) return refuse('not_before', record.notBefore, time.error);
    line.notBefore = time.value;
  }
  if (record.notAfter !== undefined && record.notAfter.trim() !== '') {
    const time = parseInstant(record.notAfter);
    if (!time.ok) return refuse('not_after', record.notAfter, time.error);
    if (line.notBefore !== undefined && time.value < line.notBefore) {
      return refuse('not_after', record.notAfter, WINDOW_FAILURE);
    }
    line.notAfter = time.value;
  }

  const parameters: Record<string, string> = {};
  const doubts: [column: string, doubt: string][] = [];
  let units = 0;
  let total: number | undefined;
  for (const [i, name] of record.names.entries()) {
    const value = record.values[i] ?? '';
    const isHeader = rules.headerParameters?.includes(name) ?? false;
    const failure = checkParameterText(value, isHeader ? HEADER_TEXT_LIMIT : BODY_TEXT_LIMIT);
    if (failure) return refuse(name, value, withMissingQuote(failure, record.physicalLines));
    const doubt = warnings === undefined ? undefined : doubtfulText(value);
    if (doubt !== undefined) doubts.push([name, doubt]);
    if (!isHeader) units += value.length;
    // Code units are quick to count, and never fewer than characters: those are counted from there on only.
    if (!isHeader && units > BODY_TEXT_LIMIT) {
      total = total === undefined ? bodyCharacters(record, i, rules) : total + characters(value);
      if (total > BODY_TEXT_LIMIT) return refuse(name, value, TOTAL_FAILURE);
    }
    setOwn(parameters, name, value);
  }
  line.parameters = parameters;
  for (const [name, doubt] of doubts)
    warnings?.add({ row, column: nameInList(name, rules), doubt });
  return { kind: 'recipient', recipient: line };
}

/** Which of the cells says who is meant: the number where it is there. */
export function whom(
  phone: { readonly column: 'to' | 'phone'; readonly text: string } | undefined,
  userId: string | undefined,
): RecordTexts['to'] {
  const isId = userId !== undefined && userId.trim() !== '' && (phone?.text.trim() ?? '') === '';
  return isId ? { column: 'user_id', text: userId } : (phone ?? { column: 'user_id', text: '' });
}

function readUserId(text: string): Result<string, { code: string; message: string }> {
  const id = text.trim();
  return isUserId(id) ? ok(`+${id}`) : err(USER_ID_FAILURE);
}

const USER_ID_FAILURE = {
  code: 'USER_ID_INVALID',
  message:
    'this is not a user id of Meta; it is two letters, a dot and letters or digits, like US.13491208655302741918',
};

/** Characters of a record's body parameters, up to one of them. */
function bodyCharacters({ names, values }: RecordTexts, last: number, rules: ListRules): number {
  return names
    .slice(0, last + 1)
    .map((name, i) => (rules.headerParameters?.includes(name) ? 0 : characters(values[i] ?? '')))
    .reduce((sum, n) => sum + n, 0);
}

/** Opt-outs are as often copied from what Meta or our export calls people as they are typed. */
function howToRead({ numbers, optOuts }: ListRules): HowToRead | undefined {
  return numbers ?? (optOuts ? 'wa-id' : undefined);
}

/** A reason that cannot be stored as it is is no reason to go on asking the person. */
function reasonOf({ names, values }: RecordTexts): Readonly<Record<string, string>> {
  const at = names.findIndex((name) => name.trim().toLowerCase() === 'reason');
  const reason = storable((values[at] ?? '').trim());
  return reason === '' ? {} : { reason };
}

/** Sets a property also where its name is `__proto__`, which plain assignment would not. */
function setOwn<T>(object: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  } else {
    object[name] = value;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Meta's codes: `en`, `fil`, `pt_BR`, `zh_CN`. */
const LANGUAGE = /^[a-z]{2,3}(?:_[A-Z]{2,4})?$/;
const LANGUAGE_FAILURE = {
  code: 'LANGUAGE_INVALID',
  message: 'this is not a language code of Meta; write it as en, or as pt_BR',
};
const noSuchLanguage = (languages: readonly string[]) => ({
  code: 'LANGUAGE_MISSING',
  message: `the template is not there in this language; it is in: ${languages.join(', ')}`,
});
const WINDOW_FAILURE = {
  code: 'WINDOW_EMPTY',
  message: 'not_after is before not_before, so there is no time to ask; exchange or correct them',
};
const TOTAL_FAILURE = {
  code: 'PARAMETER_TOO_LONG',
  message: `the parameters of this line have more than ${BODY_TEXT_LIMIT} characters together; Meta takes no more, so shorten them`,
};

function checkReference(text: string): { code: string; message: string } | undefined {
  const length = characters(text, REFERENCE_LIMIT);
  if (length <= REFERENCE_LIMIT) return checkStorableText(text);
  return {
    code: 'REFERENCE_TOO_LONG',
    message: `the reference has ${length} characters; give at most ${REFERENCE_LIMIT}`,
  };
}

function withMissingQuote(
  failure: { readonly code: string; readonly message: string },
  lines = 1,
): { readonly code: string; readonly message: string } {
  if (failure.code !== 'PARAMETER_NEWLINE' || lines === 1) return failure;
  return {
    code: failure.code,
    message: `${failure.message} (this record takes ${lines} lines of the file: if it should not, a quotation mark is missing in it)`,
  };
}

/** Postgres takes neither NUL nor half surrogate pairs; both stay visible. */
function storable(value: string): string {
  return value.replace(/\0/g, '\u2400').replace(/[\uD800-\uDFFF]/gu, '\uFFFD');
}
