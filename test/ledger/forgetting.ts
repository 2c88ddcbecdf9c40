/** What the tests of forgetting people share: a ledger with the key, and looks at all that it holds. */
import { secret } from '../../src/config/secret.ts';
import type { ListLine } from '../../src/core/people/recipient.ts';
import type { ClaimedRequest, ForgetOptions } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { accepted, feedRows, newClaimId, type TestLedger, toClaim } from './support.ts';

/** The key of the tests. */
export const KEY = secret('a key of the tests');

/** A message id as Meta makes them: the number is in it. */
export function wamid(to: string, tail: string): string {
  const inside = `\x1c\x18\x0b${to.replace('+', '')}\x15\x02\x00\x11\x18\x12${tail}\0`;
  return `wamid.${Buffer.from(inside, 'latin1').toString('base64')}`;
}

/** A ledger whose people are forgotten. */
export function forgettingBench(bench: TestLedger) {
  const keyed = (key = KEY) => bench.with({ forgetKey: key });

  /** A campaign of a ledger that is being loaded. */
  async function loading(ledger: Ledger, senderId: string) {
    const made = await ledger.campaigns.create({
      ...{ senderId, template: 't', language: 'en', parameterFormat: 'positional' },
      ...{ headerParameters: [], bodyParameters: ['1'] },
    });
    if (!made.ok) throw new Error(made.error.message);
    const campaignId = made.value.campaign.id;
    const hold = { campaignId, loader: `loader of ${campaignId}` };
    const stands = await ledger.intake.hold(hold);
    if (stands === undefined) throw new Error('there is no campaign');
    return {
      campaignId,
      /** Writes lines; `first` is the row of the first. */
      add: (numbers: readonly string[], first = 1) =>
        ledger.intake.addLines({
          ...{ ...hold, terms: stands.terms, senderIds: [senderId], language: 'en' },
          lines: numbers.map(
            (to, i): ListLine => ({
              kind: 'recipient',
              recipient: { row: first + i, to, parameters: { 1: 'Ann' } },
            }),
          ),
        }),
      end: (lines: number) =>
        ledger.intake.finishLoading({ ...hold, listSha256: campaignId, lines }),
    };
  }

  return {
    keyed,
    loading,
    /** Forgets somebody; fails where that is refused. */
    async forget(name: string, more: Partial<ForgetOptions> = {}) {
      const done = await keyed().forgetting.forget({ name, clock: systemClock, ...more });
      if (!done.ok) throw new Error(done.error.message);
      return done.value;
    },
    /** Rows of all tables that hold one of these words. */
    async found(words: readonly string[]): Promise<readonly string[]> {
      const tables = await bench.rows<{ name: string }>(
        'select quote_ident(tablename) as name from pg_tables where schemaname = current_schema()',
      );
      const texts: string[] = [];
      for (const { name } of tables)
        for (const row of await bench.rows<{ t: string }>(`select t::text as t from ${name} t`))
          texts.push(`${name} ${row.t}`);
      return texts.filter((row) => words.some((word) => row.includes(word)));
    },
    /** Meta took all of them; of this person with an id that holds the number. */
    async record(to: string, claims: readonly ClaimedRequest[], tail: string) {
      for (const claim of claims) {
        const theirs = { to, wamid: wamid(to, tail), waId: to.slice(1) };
        const entry = { ...accepted(claim), ...(claim.to === to ? theirs : {}) };
        await bench.ledger.sending.record([entry]);
      }
    },
    /** Deliveries of webhooks, as they are stored. */
    storeDeliveries: (bodies: readonly object[]) =>
      bench.rows('select store_webhooks($1, $2)', [
        bodies.map((body) => Buffer.from(JSON.stringify(body).slice(-60))),
        bodies.map((body) => JSON.stringify(body)),
      ]),
    /** A running campaign, read in by a ledger of its own. */
    async campaignBy(ledger: Ledger, senderId: string, numbers: readonly string[]) {
      const { campaignId, add, end } = await loading(ledger, senderId);
      const added = await add(numbers);
      if (!added.ok) throw new Error(added.error.code);
      await end(numbers.length);
      await ledger.campaigns.transition({ id: campaignId, from: ['draft'], to: 'running' });
      return campaignId;
    },
    /** Feeds and offers everything once more, and says what became of the rows. */
    async turnedAway(senderId: string, campaignId: string) {
      const rows = await feedRows(bench, { senderId, limit: 100 });
      const { claimed } = await bench.ledger.sending.claim({
        ...{ claimId: newClaimId(), senderId, batches: toClaim(rows), worker: 'w' },
        leaseMs: 60_000,
      });
      const left = rows.filter((j) => !claimed.some((c) => c.request === j.request));
      await bench.ledger.sending.decideUnclaimed({ senderId, rows: left });
      return bench.rows<{ state: string; reason: string | null }>(
        'select state, reason from requests where campaign_id = $1 order by row',
        [campaignId],
      );
    },
  };
}
