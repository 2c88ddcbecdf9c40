/** Stories of names: what webhooks tell of a few people, told in any order, and the books that come of it. */
import { expect } from '@jest/globals';
import { accepted, newNumber, only, type TestLedger } from './support.ts';

/** A Meta time, an hour ago: whole seconds. */
const T0 = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;

/** A second of a story. */
export const at = (second: number) => new Date(T0 + second * 1_000);

/** What is said of being phoned. */
export type Status = 'permanent' | 'temporary' | 'revoked' | 'declined';

/** Letters for numbers and `u1` for user ids. */
export type Names = readonly [one: string, other?: string];

/** What one webhook tells. */
export type Fact =
  | { readonly kind: 'word'; readonly second: number; readonly who: Names; readonly says: Status }
  | {
      readonly kind: 'change';
      readonly second: number;
      readonly from: Names;
      readonly to: Names;
      readonly what: 'number' | 'user-id';
    }
  | {
      readonly kind: 'stop' | 'resume' | 'written' | 'call' | 'seen';
      readonly second: number;
      readonly who: Names;
    };

/** Somebody says what they allow. */
export const word = (second: number, who: Names, says: Status): Fact => ({
  ...{ kind: 'word', second, who, says },
});

/** Somebody has another number. */
export const change = (second: number, from: Names, to: Names): Fact => ({
  ...{ kind: 'change', second, from, to, what: 'number' },
});

/** Somebody keeps the number and has another user id. */
export const newId = (second: number, from: Names, to: Names): Fact => ({
  ...{ kind: 'change', second, from, to, what: 'user-id' },
});

/** A status, a setting, an opt-out, a connected call. */
export const fact = (
  kind: 'stop' | 'resume' | 'written' | 'call' | 'seen',
  second: number,
  who: Names,
): Fact => ({ kind, second, who });

/** Who was asked at a number, when. */
export type Ask = readonly [second: number, number: string];

let lastCast = 0;
/** Real names for the letters of a story. */
export function cast() {
  lastCast += 1;
  const real = new Map<string, string>();
  const turn = lastCast;
  return (letter: string) => {
    const made = /^[A-Z]$/.test(letter) ? newNumber().slice(1) : `US.9${turn}${letter.slice(1)}`;
    const known = real.get(letter) ?? made;
    real.set(letter, known);
    return known;
  };
}
type Cast = ReturnType<typeof cast>;

const given = (names: Names) => names.filter((one) => one !== undefined);
const isNumber = (name: string) => /^[A-Z]$/.test(name);

/** Some people, each asked and accepted by Meta at a time of the story. */
async function ask(bench: TestLedger, senderId: string, of: Cast, asks: readonly Ask[]) {
  const ledger = bench.with({ pairLimit: { perDay: 9, perWeek: 9 } });
  for (const [second, letter] of asks) {
    await bench.campaign(senderId, [`+${of(letter)}`]);
    const claim = only(await bench.claim(senderId, { ledger }));
    await ledger.sending.record([accepted(claim)]);
    await bench.rows(
      'update requests set reserved_at = $2, accepted_at = $2, row = $3 where id = $1',
      [claim.request, at(second), second],
    );
    await bench.rows(
      `update pairs p set asks = array(
         select row(a.request, a.fence, case when a.request = $2 then $3 else a.at end)::ask from unnest(p.asks) a order by a.at)
       where p.sender_id = $1 and exists (select from unnest(p.asks) a where a.request = $2)`,
      [senderId, claim.request, at(second)],
    );
  }
}

/** As applying a webhook does: names that stand together first, and a word is of the user id where one is told. */
export async function tell(bench: TestLedger, senderId: string, of: Cast, one: Fact) {
  const { replies, people } = bench.ledger;
  const time = at(one.second);
  if (one.kind === 'change') {
    const names = { before: given(one.from).map(of), after: given(one.to).map(of) };
    const key = `c.${names.before.join()}.${one.second}`;
    await replies.changeNames([{ key, what: one.what, at: time, senderId, ...names }]);
    return;
  }
  const names = given(one.who);
  const number = names.find(isNumber);
  const person = of(names.find((name) => !isNumber(name)) ?? number ?? '');
  if (names.length > 1)
    await replies.learnNames([{ a: person, b: of(number ?? ''), at: time, senderId }]);
  if (one.kind === 'written')
    await people.suppress({ people: [{ to: person, at: time }], source: 'typed' });
  else if (one.kind === 'call')
    await replies.bookCalls([
      {
        ...{ senderId, id: `k.${person}.${one.second}`, person, at: time },
        ...{ byBusiness: true, isConnected: true, isOver: true, durationS: 9 },
      },
    ]);
  else if (one.kind === 'stop' || one.kind === 'resume')
    await replies.setPreferences([
      { person, category: 'marketing_messages', value: one.kind, at: time },
    ]);
  else if (one.kind === 'word')
    await replies.bookAnswers([
      {
        ...{ senderId, key: `w.${person}.${one.second}`, person, status: one.says, at: time },
        source: one.says === 'revoked' ? 'person' : 'profile',
      },
    ]);
}

/** What is done beside the telling: what was left is learned, and words of these names are matched again. */
async function rest(bench: TestLedger, names: readonly string[]) {
  while ((await bench.ledger.replies.learnLeftNames(100)) > 0);
  await bench.rows(
    `select match_answers(w.words) from (
       select jsonb_agg(jsonb_build_object('senderId', e.sender_id, 'key', e.key)) as words
       from permission_events e where e.person = any($1) and e.next_at is not null) w
     where w.words is not null`,
    [names],
  );
}

interface Sourced {
  readonly source: string | null;
  readonly since: Date | null;
}

/** The books of all names, the opt-out list, who may not be asked now, and what requests were answered, in letters. */
export async function booksOf(
  bench: TestLedger,
  senderId: string,
  of: Cast,
  letters: readonly string[],
) {
  const names = letters.map(of);
  await rest(bench, names);
  const letterOf = (name: string) => letters[names.indexOf(name)];
  const rows = await bench.rows<{ name: string; to: string; state: string } & Sourced>(
    `select n.name, b.state, b.source, b.since, b.to_number as to
     from unnest($2::text[]) n(name) cross join book_of($1, n.name) b where b.booked_as is not null`,
    [senderId, names],
  );
  const book: Record<string, unknown> = {};
  for (const letter of letters)
    book[letter] = rows
      .filter(({ name }) => name === of(letter))
      .map((row) => [row.state, row.source, row.since, letterOf(row.to.slice(1))]);
  const listed = await bench.rows<{ person: string }>(
    'select person from suppressions where person = any($1)',
    [names],
  );
  const limited = await bench.rows<{ name: string }>(
    'select n.name from unnest($2::text[]) n(name) where pair_frees_at($1, person_of(n.name), 1, 2) is not null',
    [senderId, names],
  );
  const answers = await bench.rows<{ to: string; second: number; answer: string }>(
    `select r.to_number as to, r.row as second, r.answer from requests r
     where r.sender_id = $1 and ltrim(r.to_number, '+') = any($2) and r.state = 'accepted' order by r.row`,
    [senderId, names],
  );
  const funnel = await bench.rows<{ fact: string }>(
    `select f.fact, sum(f.n)::int as n from funnel_counts f join requests r on r.campaign_id = f.campaign_id
     where r.sender_id = $1 and ltrim(r.to_number, '+') = any($2) and f.fact like 'answered%'
     group by 1 having sum(f.n) <> 0 order by 1`,
    [senderId, names],
  );
  return {
    ...{ book, funnel, listed: listed.map(({ person }) => letterOf(person)).toSorted() },
    limited: limited.map(({ name }) => letterOf(name)).toSorted(),
    answers: answers.map((one) => [one.second, letterOf(one.to.slice(1)), one.answer]),
  };
}

const lettersOf = (facts: readonly Fact[]) =>
  [
    ...new Set(
      facts.flatMap((one) => (one.kind === 'change' ? [...one.from, ...one.to] : [...one.who])),
    ),
  ] as string[];

function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((one) =>
    [...Array(n).keys()].map((i) => [...one.slice(0, i), n - 1, ...one.slice(i)]),
  );
}

/** Tells a story in all orders, to people who were asked before; the books that came of it, which are one. */
export async function inAllOrders(
  bench: TestLedger,
  facts: readonly Fact[],
  { most = 120, asks = [] }: { readonly most?: number; readonly asks?: readonly Ask[] } = {},
) {
  const senderId = await bench.sender();
  const letters = lettersOf(facts);
  const books = new Map<string, string[]>();
  const casts: Cast[] = [];
  let one: Awaited<ReturnType<typeof booksOf>> | undefined;
  for (const order of orders(facts.length).slice(0, most)) {
    const of = cast();
    casts.push(of);
    await ask(bench, senderId, of, asks);
    for (const i of order) await tell(bench, senderId, of, facts[i] as Fact);
    one = await booksOf(bench, senderId, of, letters);
    const key = JSON.stringify(one);
    books.set(key, [...(books.get(key) ?? []), order.join('')]);
  }
  const told = [...books].map(([book, which]) => `${which.length} as ${which[0]}: ${book}`);
  if (one === undefined) throw new Error('a story without an order');
  return { senderId, casts, told, ...one };
}

/** Which of some letters are asked by any of the casts. */
export async function asked(
  bench: TestLedger,
  senderId: string,
  casts: readonly Cast[],
  letters: readonly string[],
) {
  const numbers = new Map(casts.flatMap((of) => letters.map((one) => [`+${of(one)}`, one])));
  await bench.campaign(senderId, [...numbers.keys()]);
  const claimed = [];
  for (;;) {
    const some = await bench.claim(senderId);
    if (some.length === 0) break;
    claimed.push(...some);
  }
  const found = claimed.map(({ to }) => numbers.get(to) ?? `nobody's ${to}`);
  return [...new Set(found)].toSorted();
}

/** A story, and what is in the books once it was told; in whichever order, the same. */
export interface Expected {
  readonly asks?: readonly Ask[];
  readonly facts: readonly Fact[];
  readonly book?: Record<string, unknown>;
  readonly limited?: readonly string[];
  readonly answers?: readonly unknown[];
  readonly listed?: readonly string[];
  /** Of these who is asked afterwards. */
  readonly among?: readonly string[];
  readonly asked?: readonly string[];
}

/** Tells the story in all orders, or so many, and looks. */
export async function checkStory(
  bench: TestLedger,
  { asks = [], facts, among, asked: who, ...expected }: Expected,
  most = 120,
) {
  const { told, senderId, casts, ...found } = await inAllOrders(bench, facts, { asks, most });
  expect(told).toHaveLength(1);
  expect(found).toMatchObject(expected);
  if (among !== undefined) expect(await asked(bench, senderId, casts, among)).toEqual(who);
}
