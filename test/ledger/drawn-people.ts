/** Campaigns of people drawn at random: who was asked, who opted out, who answered, under which name, when they may be asked. */
import fc from 'fast-check';
import { newNumber, type TestLedger } from './support.ts';

const hours = fc.integer({ min: -180, max: 40 });
const drawnPerson = fc.record({
  due: fc.option(fc.integer({ min: -5, max: 30 })),
  ends: fc.option(fc.integer({ min: -2, max: 60 })),
  zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Tokyo'),
  /** Another name of theirs, and by which of both the books know them. */
  alias: fc.boolean(),
  asked: fc.array(
    fc.record({ at: hours.filter((h) => h < 0), byAlias: fc.boolean(), other: fc.boolean() }),
    { maxLength: 4 },
  ),
  /** Their number was somebody else's until then, with or without a word of who has it now. */
  passedOn: fc.option(fc.record({ at: hours.filter((h) => h < 0), isSeen: fc.boolean() }), {
    freq: 2,
  }),
  optedOut: fc.constantFrom('no', 'no', 'number', 'alias'),
  permissions: fc.array(
    fc.record({
      status: fc.constantFrom('temporary', 'permanent', 'declined', 'revoked'),
      at: hours.filter((h) => h < 0),
      expires: fc.option(hours),
      byAlias: fc.boolean(),
      other: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
});

/** People of one list. */
export const drawnPeople = fc.array(drawnPerson, { minLength: 1, maxLength: 25 });

/** How they are to be asked. */
export const drawnRules = fc.record({
  onPairLimit: fc.constantFrom('wait' as const, 'skip' as const),
  includeGranted: fc.boolean(),
  includeDeclined: fc.boolean(),
  quiet: fc.boolean(),
  perWeek: fc.integer({ min: 1, max: 3 }),
});

/** Names that the books know somebody by; `typed`: by which an operator may put the other one on the opt-out list. */
interface Names {
  readonly number: string;
  readonly alias: string;
  readonly typed?: string;
}

let lastId = 0;

/**
 * Has a number passed on. The names under which the books, once they have learned that, know who has it and who had it.
 */
async function passOn(
  { ledger: { replies }, rows }: TestLedger,
  senderId: string,
  number: string,
  p: { readonly at: number; readonly isSeen: boolean },
): Promise<Names> {
  const [now] = await rows<{ now: Date }>('select now_() as now');
  const at = (h: number) => new Date((now?.now.getTime() ?? 0) + (p.at + h) * 3_600_000);
  lastId += 1;
  const [before, after, heir] = ['1', '2', '3'].map((n) => `US.8${n}x${lastId}`) as [
    string,
    string,
    string,
  ];
  await replies.learnNames([{ a: before, b: number, at: at(-200), senderId }]);
  const change = { before: [number, before], after: [newNumber().slice(1), after] };
  await replies.changeNames([
    { key: `passed on ${lastId}`, what: 'number', at: at(0), senderId, ...change },
  ]);
  if (p.isSeen) await replies.learnNames([{ a: heir, b: number, at: at(0.5), senderId }]);
  while ((await replies.learnLeftNames(100)) > 0);
  const [names] = await rows<Names>(
    'select person_of($1) as number, person_of($2) as alias, $2 as typed',
    [number, before],
  );
  if (names === undefined) throw new Error('nobody has a number');
  return names;
}

type Drawn<T> = T extends fc.Arbitrary<infer V> ? V : never;

/** Makes the campaign, a draft, and writes into the books what was drawn. */
export async function draftOf(
  bench: TestLedger,
  people: Drawn<typeof drawnPeople>,
  { quiet, perWeek: _perWeek, ...how }: Drawn<typeof drawnRules>,
): Promise<{ readonly id: string; readonly senderId: string }> {
  const [senderId, other] = [await bench.sender(), await bench.sender()];
  const numbers = people.map(newNumber);
  const id = await bench.campaign(senderId, numbers, { ...how, start: false });
  const run = (sql: string, ...values: unknown[]) => bench.rows(sql, values);
  if (quiet)
    await run(`update campaigns set quiet_from = '20:00', quiet_to = '09:00' where id = $1`, id);
  for (const [i, p] of people.entries()) {
    const to = numbers[i] ?? '';
    const names: Names = { number: to.slice(1), alias: p.alias ? `9${to.slice(1)}` : to.slice(1) };
    const named = (byAlias: boolean) => (byAlias ? names.alias : names.number);
    if (p.passedOn !== null)
      Object.assign(names, await passOn(bench, senderId, names.number, p.passedOn));
    else if (p.alias) await run('select learn_wa_id($1, $2)', to, names.alias);
    await run(
      `update requests set zones = array[$3], due_at = coalesce(now_() + $4 * interval '1 hour', due_at),
         not_after = coalesce(now_() + $5 * interval '1 hour', not_after)
       where campaign_id = $1 and to_number = $2`,
      ...[id, to, p.zone, p.due, p.ends],
    );
    const isTwo = names.alias !== names.number;
    for (const by of [senderId, other])
      for (const byAlias of [false, true]) {
        const asks = p.asked.filter(
          (a) => (a.byAlias && isTwo) === byAlias && (a.other ? other : senderId) === by,
        );
        if (asks.length > 0)
          await run(
            `insert into pairs (sender_id, person, asks) select $1, $2, array_agg(row(0, 0, now_() + h * interval '1 hour')::ask order by h)
             from unnest($3::float8[]) h`,
            ...[by, named(byAlias), asks.map((a) => a.at)],
          );
      }
    if (p.optedOut !== 'no') {
      const person = p.optedOut === 'number' ? to.slice(1) : (names.typed ?? names.alias);
      await bench.ledger.people.suppress({ people: [{ to: person }], source: 'operator' });
    }
    for (const w of p.permissions)
      await run(
        `insert into permissions (sender_id, person, status, expires_at, at, source)
         values ($1, $2, $3, now_() + $4 * interval '1 hour', now_() + $5 * interval '1 hour', 'webhook')
         on conflict do nothing`,
        ...[w.other ? other : senderId, named(w.byAlias), w.status, w.expires, w.at],
      );
  }
  return { id, senderId };
}
