/** Who a number stands for, and whose allowance is held by which attempt. */
import type { Ask, Row, Tables } from './tables.ts';

/** People may be asked so often by one sender: the defaults of the settings. */
const PER_DAY = 1;
const PER_WEEK = 2;
const DAY_MS = 86_400_000;

/** Names of one person in the books: digits of the number, the wa_id, other numbers of that wa_id. */
export function namesOf(t: Pick<Tables, 'waIds'>, to: string): readonly string[] {
  const digits = to.replace('+', '');
  const waId = t.waIds.get(to);
  if (waId === undefined) return [digits];
  const names = new Set([digits, waId]);
  for (const [number, other] of t.waIds) if (other === waId) names.add(number.replace('+', ''));
  return [...names];
}

/** Who stands behind a number, as far as Meta has told. */
function personOf(t: Tables, to: string): string {
  return t.waIds.get(to) ?? to.replace('+', '');
}

/** What a sender has asked a person, under whatever name. */
export function asksOf(t: Tables, sender: string, to: string): readonly Ask[] {
  return namesOf(t, to).flatMap((name) => t.pairs.get(`${sender} ${name}`) ?? []);
}

/** Takes the allowance of an attempt; it is held once. */
export function reserve(t: Tables, row: Row, ask: Ask): void {
  if (asksOf(t, row.sender, row.to).some((one) => isSame(one, ask))) return;
  const key = `${row.sender} ${personOf(t, row.to)}`;
  t.pairs.set(key, [...(t.pairs.get(key) ?? []), ask]);
}

/** Gives the allowance of one attempt back, and nobody else's. */
export function giveBackAllowance(t: Tables, row: Row, fence: number): void {
  for (const name of namesOf(t, row.to)) {
    const key = `${row.sender} ${name}`;
    const held = t.pairs.get(key);
    const left = held?.filter((one) => !isSame(one, { request: row.id, fence }));
    if (left !== undefined && left.length !== held?.length) t.pairs.set(key, left);
  }
}

function isSame(a: Omit<Ask, 'at'>, b: Omit<Ask, 'at'>): boolean {
  return a.request === b.request && a.fence === b.fence;
}

/** When the person's allowance has room again; `undefined`: now. */
export function freesAt(t: Tables, row: Row, clock: number): number | undefined {
  const asks = asksOf(t, row.sender, row.to);
  if (asks.length === 0) return undefined;
  const week = asks
    .map((ask) => ask.at)
    .filter((at) => at > clock - 7 * DAY_MS)
    .sort((a, b) => a - b);
  const day = week.filter((at) => at > clock - DAY_MS);
  const times = [
    ...(day.length >= PER_DAY ? [(day[day.length - PER_DAY] as number) + DAY_MS] : []),
    ...(week.length >= PER_WEEK ? [(week[week.length - PER_WEEK] as number) + 7 * DAY_MS] : []),
  ];
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Whether somebody is not to be asked at all. */
export function isBarred(t: Tables, row: Row): boolean {
  return namesOf(t, row.to).some(
    (name) => t.suppressed.has(name) || t.granted.has(`${row.sender} ${name}`),
  );
}
