/**
 * The form of `SENDERS_FILE`. Checked by hand, with the checks of the other settings: every command reads its settings,
 * and zod takes 0.1 s to load.
 */
import { err, ok, type Result } from '../core/result.ts';
import { graphId, headerText, wholeNumber } from './checks.ts';
import { readSettingsFile } from './settings-file.ts';

/** The highest throughput Meta gives a number, in messages a second. */
const MAX_RATE = 1000;

/** Requests a second of one sender. */
export const rate = wholeNumber(1, MAX_RATE);

/** One sender as the file has it. */
export interface SenderEntry {
  readonly phoneNumberId: string;
  readonly businessAccountId?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tokenVariable?: string;
  /** Requests a second. */
  readonly messagesPerSecond?: number;
  readonly portfolio?: string;
  /** People in 24 hours. */
  readonly dailyRecipientLimit?: number;
}

interface Field {
  readonly isGood: (value: unknown) => boolean;
  readonly expected: string;
}

const FIELDS: Readonly<Record<keyof SenderEntry, Field>> = {
  phoneNumberId: text((id) => graphId(id).ok, 'the id of a phone number'),
  businessAccountId: text((id) => graphId(id).ok, 'the id of a business account'),
  token: text((token) => headerText(token).ok, 'one word'),
  tokenFile: text((path) => path !== '', 'the name of a file'),
  tokenVariable: text((name) => name !== '', 'the name of a variable'),
  messagesPerSecond: whole(MAX_RATE),
  portfolio: text((name) => name !== '' && name.length <= 100, 'a name of 1 to 100 characters'),
  dailyRecipientLimit: whole(Number.MAX_SAFE_INTEGER),
};

/** Reads the file; what is wrong with it is told at once, each by its place, and no value is repeated: it may be a token. */
export function parseSendersFile(path: string): Result<readonly SenderEntry[], readonly string[]> {
  const file = readSettingsFile(path);
  if (!file.ok) return err([`it cannot be read (${file.error})`]);
  let json: unknown;
  try {
    json = JSON.parse(file.value);
  } catch {
    // A JSON error quotes the text around the fault, which may be a token.
    return err(['it is not JSON']);
  }
  if (!Array.isArray(json) || json.length === 0)
    return err(['at the top: expected an array of at least one sender']);
  const complaints = json.flatMap((entry, i) => complaintsAbout(entry, `at [${i}]`));
  return complaints.length > 0 ? err(complaints) : ok(json as readonly SenderEntry[]);
}

function complaintsAbout(entry: unknown, at: string): readonly string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return [`${at}: expected an object`];
  const given = new Map(Object.entries(entry));
  const wrong = Object.entries(FIELDS)
    .filter(([name]) => given.has(name) || name === 'phoneNumberId')
    .filter(([name, field]) => !field.isGood(given.get(name)))
    .map(([name, field]) => `${at}.${name}: expected ${field.expected}`);
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(FIELDS, name));
  const tokens = ['token', 'tokenFile', 'tokenVariable'].filter((name) => given.has(name));
  return [
    ...wrong,
    ...unknown.map((name) => `${at}: a sender has no field "${name}"`),
    ...(tokens.length > 1 ? [`${at}: expected one of token, tokenFile, tokenVariable`] : []),
  ];
}

function text(isGood: (text: string) => boolean, expected: string): Field {
  return { isGood: (value) => typeof value === 'string' && isGood(value), expected };
}

function whole(most: number): Field {
  const isGood = (value: unknown) =>
    Number.isSafeInteger(value) && wholeNumber(1, most)(`${value}`).ok;
  const expected =
    most === Number.MAX_SAFE_INTEGER ? 'a whole number from 1' : `a whole number from 1 to ${most}`;
  return { isGood, expected };
}
