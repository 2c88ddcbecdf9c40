/** The fourth book of a run: whom each message reached and who may be phoned, person by person. */
import type { RequestResult } from '../../src/core/request.ts';
import type { PersonStanding } from '../../src/simulator/index.ts';

/** A line of `permissions export`, as far as it matters here. */
export interface BookLine {
  readonly to: string;
  readonly state: string;
  readonly until: string | null;
  readonly source: string | null;
}

/** A line of `export`, as far as it matters here. */
export type ResultLine = Pick<RequestResult, 'to' | 'wamid' | 'delivery' | 'error_code'>;

/** Our side and the server's. */
export interface PermissionBooks {
  readonly people: readonly PersonStanding[];
  readonly results: readonly ResultLine[];
  readonly book: readonly BookLine[];
}

/** Compares the permission book and the deliveries with the server's own; gives what does not agree, in words. */
export function permissionDisagreements(books: PermissionBooks): readonly string[] {
  const { people, results, book } = books;
  const lines = new Map(book.map((line) => [line.to, line]));
  const messages = new Map(results.map((result) => [result.wamid, result]));
  const asked = new Set(people.map(({ to }) => to));
  const found: string[] = [];
  const compare = (who: string, what: string, ours: string, theirs: string) => {
    if (ours !== theirs) found.push(`${what} of ${who}: ${ours} here, ${theirs} at the server`);
  };
  for (const one of people) {
    const who = one.to ?? one.waId;
    const message = messages.get(one.wamid);
    const told =
      message === undefined ? 'no message' : reached(message.delivery, message.error_code);
    compare(who, 'the delivery', told, reached(one.delivery, one.code));
    const line = lines.get(who);
    compare(who, 'the permission', line ? allowed(line.state, line.until) : 'none', expected(one));
  }
  // Of whom Meta refused to ask again (138017) it says what they allow; they are asked by nobody here.
  for (const { to, state, source } of book) {
    if (state !== 'none' && source !== 'refusal' && !asked.has(to))
      found.push(`${to} is ${state} here, and was never asked by the server's book`);
  }
  return found;
}

function reached(delivery: string | null | undefined, code: number | null | undefined): string {
  return `${delivery ?? 'none'}${code == null ? '' : ` (${code})`}`;
}

/** What the book must say of a person of the server's. */
function expected({ answer, delivery, movedTo }: PersonStanding): string {
  const { status, until } = answer;
  const isGrant = status === 'temporary' || status === 'permanent';
  // What somebody allowed under one number does not hold for another.
  if (isGrant && movedTo !== null) return 'none';
  if (status !== 'none') return allowed(status, until);
  return delivery === 'failed' ? 'none' : 'requested';
}

/** Only a permission that ends is compared with its end: other states have ends that only we reckon. */
function allowed(state: string, until: string | null): string {
  return state === 'temporary' && until !== null
    ? `${state} until ${new Date(until).toISOString()}`
    : state;
}
