/**
 * What is known of the world's numbering plans. A number needs a country calling code that exists and as many digits
 * as that plan has; nothing more: libphonenumber's pattern tables are always some months behind the operators and know
 * no fictional numbers, and a wrong no costs a person, while a wrong yes costs one POST that Meta refuses (131026).
 * The `min` tables suffice for that (`max` adds patterns by type of number, which `national-number.ts` asks for).
 */
import {
  getCountries,
  getCountryCallingCode,
  Metadata,
  type NumberingPlan,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { err, ok, type Result } from '../result.ts';
import { type PhoneFailure, phoneFailure } from './phone-text.ts';

/** ITU-T E.164: fifteen digits at most, the country calling code among them. */
const MAX_DIGITS = 15;
/** The shortest numbers in use: +683 (Niue) with four more. The tables of some countries start lower. */
const MIN_DIGITS = 7;

const CLEAN = /^\+[1-9]\d{6,14}$/;

/** What the tables say about one country calling code, over all countries that share it. */
interface Plan {
  readonly code: string;
  readonly lengths: ReadonlySet<number>;
  /** What the library might rewrite in front of national digits (a trunk `0`, Argentina's `15`). */
  readonly trunks: readonly RegExp[];
}

/** Not in the library's types: absent in some later version, it only costs the fast way. */
type PlanWithTrunk = NumberingPlan & { nationalPrefixForParsing?(): string | undefined };

let plans: Map<string, Plan> | undefined;

/** The plan of a number `+<digits>`; calling codes are prefix-free, so the first hit is it. */
function planOf(number: string): Plan | undefined {
  plans ??= readPlans();
  return (
    plans.get(number.slice(1, 2)) ?? plans.get(number.slice(1, 3)) ?? plans.get(number.slice(1, 4))
  );
}

function readPlans(): Map<string, Plan> {
  const lengths = new Map<string, Set<number>>();
  const trunks = new Map<string, Set<string>>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    const metadata = new Metadata();
    metadata.selectNumberingPlan(country);
    const plan = metadata.numberingPlan as PlanWithTrunk | undefined;
    const known = lengths.get(code) ?? new Set();
    for (const n of plan?.possibleLengths() ?? []) known.add(n);
    lengths.set(code, known);
    // Where it is not known what the library takes away, it has to look itself.
    const trunk = plan?.nationalPrefixForParsing ? plan.nationalPrefixForParsing() : '.';
    const all = trunks.get(code) ?? new Set();
    if (trunk !== undefined) all.add(trunk);
    trunks.set(code, all);
  }
  // Mexico's mobile numbers were +52 1 with ten more until 2019, those of Ivory Coast had eight digits until 2021,
  // Benin's until 2024; a wa_id may still be of that time.
  for (const [code, length] of [
    ['52', 11],
    ['225', 8],
    ['229', 8],
  ] as const)
    lengths.get(code)?.add(length);
  return new Map(
    [...lengths].map(([code, known]) => {
      const patterns = [...(trunks.get(code) ?? [])].map((trunk) => new RegExp(`^(?:${trunk})`));
      return [code, { code, lengths: known, trunks: patterns }];
    }),
  );
}

/** Where `+<digits>` is a number as it stands, which nearly all are: 1.6 million/s, the library 50,000 to 100,000/s. */
export function isPlainNumber(text: string): boolean {
  return CLEAN.test(text) && isPlain(text);
}

/** True where the library would give `+<digits>` back as it is, and its length is possible. */
function isPlain(number: string): boolean {
  const plan = planOf(number);
  if (plan === undefined) return false;
  const digits = number.slice(plan.code.length + 1);
  if (!plan.lengths.has(digits.length)) return false;
  // Some of the patterns match the empty text, which takes nothing away.
  return plan.trunks.every((trunk) => (trunk.exec(digits)?.[0] ?? '') === '');
}

/** Reads `+<digits>`. */
export function international(number: string): Result<string, PhoneFailure> {
  const parsed = parsePhoneNumberFromString(number, { extract: false });
  if (parsed !== undefined) return withPossibleLength(parsed);
  if (number.length - 1 > MAX_DIGITS) return err(phoneFailure.tooLong(number.length - 1));
  const plan = planOf(number);
  if (plan !== undefined || number.length - 1 < MIN_DIGITS) {
    return err(phoneFailure.tooShort(number.length - 1));
  }
  return err(phoneFailure.noSuchCountryCode());
}

/** One trunk prefix is taken away at a time: `+86000000000` would be another number each time it is read. */
function settled(parsed: PhoneNumber): PhoneNumber {
  let read = parsed;
  for (let rounds = 0; rounds < MAX_DIGITS && !isPlain(read.number); rounds += 1) {
    const again = parsePhoneNumberFromString(read.number, { extract: false });
    if (again === undefined || again.number === read.number) break;
    read = again;
  }
  return read;
}

/** The number in E.164 where its plan has numbers of such a length. */
export function withPossibleLength(first: PhoneNumber): Result<string, PhoneFailure> {
  const parsed = settled(first);
  const total = parsed.number.length - 1;
  if (total > MAX_DIGITS) return err(phoneFailure.tooLong(total));
  const lengths = planOf(parsed.number)?.lengths;
  const digits = total - parsed.countryCallingCode.length;
  // Codes of no country (+870, +883, ...) are only in the library's own table.
  const possible = lengths?.has(digits) ?? parsed.isPossible();
  if (possible && total >= MIN_DIGITS) return ok(parsed.number);
  const plan = `+${parsed.countryCallingCode}`;
  const sorted = lengths === undefined ? [] : [...lengths].sort((a, b) => a - b);
  const [shortest, longest] = [sorted[0], sorted.at(-1)];
  if (total < MIN_DIGITS || (shortest !== undefined && digits < shortest)) {
    return err(phoneFailure.tooShort(digits, plan, sorted));
  }
  if (longest !== undefined && digits > longest) {
    return err(phoneFailure.tooLong(digits, plan, sorted));
  }
  return err(phoneFailure.impossible(digits, plan, sorted));
}
