/**
 * One person under several spellings of a number. Some countries have changed how a mobile number is written, and
 * WhatsApp answers with the one or the other form of what was asked: the form of the day when the account was made.
 * Meta documents the extra prefix for Brazil and Mexico ("Send messages") and calls it no fault. The same rules stand
 * in the ledger, as `spellings_of`; a test holds both against each other.
 */

/** Says whether two numbers are one person as far as spellings go; anything but digits is ignored. */
export function samePerson(a: string, b: string): boolean {
  return digitsOf(a) === digitsOf(b) || shortestSpelling(a) === shortestSpelling(b);
}

/** The one spelling that stands for all of a number: the shortest, in digits with the country code. */
export function shortestSpelling(number: string): string {
  return spellingsOf(number)[0] ?? '';
}

/** All known spellings of a number, in digits with the country code, the shortest first. */
export function spellingsOf(number: string): readonly string[] {
  const digits = digitsOf(number);
  for (const read of COUNTRIES) {
    const found = read(digits);
    if (found !== undefined) return found;
  }
  return [digits];
}

function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

type Reading = (digits: string) => readonly string[] | undefined;

// Until 2019 a mobile number was dialled from abroad as 52 1 and ten more.
const mexico: Reading = (digits) => {
  const local = /^521?(\d{10})$/.exec(digits)?.[1];
  return local === undefined ? undefined : [`52${local}`, `521${local}`];
};

// A ninth digit was put before mobile numbers, whose eight began with 6 to 9; others are landlines of other people.
const brazil: Reading = (digits) => {
  const [, area, local] = /^55(\d{2})9?([6-9]\d{7})$/.exec(digits) ?? [];
  return local === undefined ? undefined : [`55${area}${local}`, `55${area}9${local}`];
};

// From abroad 9 before the area code, at home 15 behind it. Area code and number are ten digits; area codes are 11, or
// three or four digits from 2 or 3 on, so that 15 has one place at most.
const argentina: Reading = (digits) => {
  const local = /^549?(\d{10})$/.exec(digits)?.[1] ?? withoutFifteen(digits);
  if (local === undefined) return undefined;
  const areas = local.startsWith('11') ? [2] : /^[23]/.test(local) ? [3, 4] : [];
  const all = [local, ...areas.map((n) => `${local.slice(0, n)}15${local.slice(n)}`)];
  return all.flatMap((form) => [`54${form}`, `549${form}`]);
};

function withoutFifteen(digits: string): string | undefined {
  const [, area = '', local = ''] = /^549?(11|[23]\d{2,3})15(\d+)$/.exec(digits) ?? [];
  return area.length + local.length === 10 ? area + local : undefined;
}

// Since January 2021 mobile numbers have their operator's two digits in front; which one, the second of the eight tells
// (ITU Operational Bulletin 1211). Landlines got others, and are left alone.
const ivoryCoast: Reading = (digits) => {
  const [, front, local = ''] = /^225(01|05|07)?([04-9]\d{7})$/.exec(digits) ?? [];
  const operator = OPERATORS[Number(local[1])];
  if (operator === undefined || (front ?? operator) !== operator) return undefined;
  return [`225${local}`, `225${operator}${local}`];
};
const OPERATORS = ['01', '01', '01', '01', '05', '05', '05', '07', '07', '07'] as const;

// Since November 2024 all numbers have 01 in front.
const benin: Reading = (digits) => {
  const local = /^229(?:01)?(\d{8})$/.exec(digits)?.[1];
  return local === undefined ? undefined : [`229${local}`, `22901${local}`];
};

const COUNTRIES: readonly Reading[] = [mexico, brazil, argentina, ivoryCoast, benin];
