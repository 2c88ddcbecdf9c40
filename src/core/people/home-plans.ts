/**
 * What the detailed tables say of a country's own numbers: lengths by type, trunk prefix, patterns. They are always some
 * months behind the operators, so they are asked only where nothing else decides.
 */
import * as max from 'libphonenumber-js/max';
import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/min';
import { spellingsOf } from './spellings.ts';

/** Whether the tables know a mobile number of these digits under that calling code. */
export function isMobile(code: string, nationalNumber: string): boolean {
  return patternsOf(code).mobile.some((pattern) => pattern.test(nationalNumber));
}

/** Whether the tables know the number, in any of its spellings. */
export function isKnown(code: string, nationalNumber: string): boolean {
  const patterns = patternsOf(code);
  if (patterns.all.length === 0) return true;
  return spellingsOf(code + nationalNumber).some((spelling) => {
    const national = spelling.slice(code.length);
    return patterns.all.some((pattern) => pattern.test(national));
  });
}

/** Ofcom's mobile numbers for films and trials (07700 900000 to 900999), which the tables leave out; all of +44 7 are mobile. */
export function isKeptForFilms(digits: string): boolean {
  return /^447700900\d{3}$/.test(digits);
}

/** What the detailed tables say of one country. */
export interface HomePlan {
  /** Digits that a person's number has at least: shorter ones are services, or local (`99999-9999` in Brazil). */
  readonly shortest: number;
  readonly longest: number;
  /** Fixed lines of more than one length: some whole ones may be as short as others are without an area code. */
  readonly hasManyLengths: boolean;
  readonly mobile: ReadonlySet<number>;
  /** What is dialled before an area code within the country, if anything. */
  readonly trunk: string | undefined;
}

const TYPES = [
  ...(['MOBILE', 'FIXED_LINE', 'TOLL_FREE', 'PREMIUM_RATE', 'PERSONAL_NUMBER'] as const),
  ...(['VOICEMAIL', 'UAN', 'PAGER', 'VOIP', 'SHARED_COST'] as const),
];
type TypeName = (typeof TYPES)[number];

/** Not in the library's types: where it is absent, no number is too short or unknown. */
interface PlanWithTypes {
  nationalPrefix?(): unknown;
  type?(
    name: TypeName,
  ): { pattern(): string; possibleLengths(): readonly number[] | undefined } | undefined;
}

const plans = new Map<CountryCode, HomePlan>();

/** The plan of a country's people. */
export function homePlanOf(country: CountryCode): HomePlan {
  const before = plans.get(country);
  if (before !== undefined) return before;
  const metadata = tablesOf(country);
  const lengths = (type: TypeName) => metadata?.type?.(type)?.possibleLengths() ?? [];
  const [fixed, mobile] = [lengths('FIXED_LINE'), lengths('MOBILE')];
  const all = [...fixed, ...mobile];
  const trunk = metadata?.nationalPrefix?.();
  const plan = {
    shortest: all.length === 0 ? 0 : Math.min(...all),
    longest: all.length === 0 ? 0 : Math.max(...all),
    hasManyLengths: fixed.length > 1,
    mobile: new Set(mobile),
    // The tables write 0, the number, where there is none.
    trunk: typeof trunk === 'string' && trunk !== '' ? trunk : undefined,
  };
  plans.set(country, plan);
  return plan;
}

interface Patterns {
  readonly mobile: readonly RegExp[];
  readonly all: readonly RegExp[];
}

const patterns = new Map<string, Patterns>();

/** Of all countries that share the calling code. Matching alone: the library would parse each number once more. */
function patternsOf(code: string): Patterns {
  const before = patterns.get(code);
  if (before !== undefined) return before;
  const tables = getCountries()
    .filter((country) => getCountryCallingCode(country) === code)
    .map(tablesOf);
  const of = (...types: readonly TypeName[]) =>
    tables.flatMap((table) => {
      // Without a pattern for mobile numbers, fixed lines have the same.
      const isOne = types.includes('MOBILE') && !table?.type?.('MOBILE')?.pattern();
      const names = isOne ? ['FIXED_LINE' as const, ...types] : types;
      return names.flatMap((type) => {
        const pattern = table?.type?.(type)?.pattern();
        return pattern ? [new RegExp(`^(?:${pattern})$`)] : [];
      });
    });
  const found = { mobile: of('MOBILE'), all: of(...TYPES) };
  patterns.set(code, found);
  return found;
}

function tablesOf(country: CountryCode): PlanWithTypes | undefined {
  const metadata = new max.Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan as PlanWithTypes | undefined;
}
