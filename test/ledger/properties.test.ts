/**
 * Claims, records in time and late, doubled ones, sweeps, releases, checks, webhooks and operators'
 * words in random order: the real statements do what the model does.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueuedRow } from '../../src/core/ports/index.ts';
import type { RequestState } from '../../src/core/request.ts';
import { applyStatus } from '../support/apply-status.ts';
import { entryOf, LedgerModel, type ModelRow, OUTCOMES, PAIR_LIMIT } from './model.ts';
import {
  claimRows,
  feedRows,
  LEASE_MS,
  NO_LEASE_MS,
  newNumber,
  unsent,
  useLedger,
} from './support.ts';

const bench = useLedger({ pairLimit: { perDay: PAIR_LIMIT, perWeek: PAIR_LIMIT } });

/** Where a state may lead; a state also stays what it is. */
const FORWARD: Readonly<Record<RequestState, readonly RequestState[]>> = {
  pending: ['queued', 'accepted', 'expired', 'skipped', 'cancelled'],
  queued: ['sending', 'pending', 'accepted', 'expired', 'skipped', 'cancelled'],
  sending: ['accepted', 'already-granted', 'rejected', 'uncertain', 'pending', 'cancelled'],
  // An operator's retry, or evidence.
  uncertain: ['accepted', 'already-granted', 'rejected', 'pending', 'cancelled'],
  rejected: ['pending', 'accepted'],
  skipped: ['pending', 'accepted'],
  expired: ['pending', 'accepted'],
  cancelled: ['accepted'],
  accepted: [],
  'already-granted': ['accepted'],
};

const index = fc.nat(1_000);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('feed' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
      leaseEnds: fc.boolean(),
      stale: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decide-unclaimed' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      entries: fc.array(fc.record({ claim: index, outcome: fc.constantFrom(...OUTCOMES) }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), claim: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('check' as const),
      claim: index,
      found: fc.constantFrom('accepted', 'pending', 'uncertain'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('status' as const),
      claim: index,
      word: fc.constantFrom('sent', 'delivered', 'read', 'failed'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      row: index,
      as: fc.constantFrom('accepted', 'rejected'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('retry', 'pause', 'resume', 'complete'),
      campaign: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), campaign: fc.nat(1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Three people, each in two campaigns of one sender. */
async function world() {
  const senderId = await bench.sender();
  const people = [newNumber(), newNumber(), newNumber()];
  const rows: ModelRow[] = [];
  for (let i = 0; i < 2; i += 1) {
    const campaign = { id: await bench.campaign(senderId, people), state: 'running' as const };
    const found = await bench.rows<{ id: string; row: number; to_number: string }>(
      'select id::text, row, to_number from requests where campaign_id = $1 order by row',
      [campaign.id],
    );
    for (const { id, row, to_number } of found)
      rows.push({
        request: id,
        campaign,
        row,
        person: to_number.slice(1),
        state: 'pending',
        fence: 0,
        due: true,
        leaseEnded: false,
        swept: false,
        checkOpen: false,
        hasWamid: false,
      });
  }
  return {
    senderId,
    model: new LedgerModel(rows),
    claims: [] as { row: ModelRow; fence: number }[],
  };
}
type World = Awaited<ReturnType<typeof world>>;

const names = (rows: readonly { readonly request: string }[]) => rows.map((r) => r.request).sort();

/** The batch that each of these waits in, or waited in last. */
async function batchesOf(rows: readonly ModelRow[]): Promise<QueuedRow[]> {
  const found = await bench.rows<QueuedRow>(
    'select id::text as request, coalesce(batch, 0)::float8 as batch from requests where id = any($1)',
    [rows.map((row) => row.request)],
  );
  const byId = new Map(found.map((row) => [row.request, row]));
  return rows.map(({ request }) => byId.get(request) ?? { request, batch: 0 });
}

/** Campaigns in turn, each by its batches. */
function inTurn(rows: readonly ModelRow[], waits: readonly QueuedRow[]): readonly ModelRow[] {
  const batch = new Map(waits.map((one) => [one.request, one.batch]));
  const number = (row: ModelRow) => batch.get(row.request) ?? 0;
  const had = new Map<unknown, number>();
  const turns = new Map<ModelRow, number>();
  for (const row of [...rows].sort((a, b) => number(a) - number(b))) {
    if (row.state !== 'queued') continue;
    const turn = (had.get(row.campaign) ?? 0) + 1;
    had.set(row.campaign, turn);
    turns.set(row, turn);
  }
  const turn = (row: ModelRow) => turns.get(row) ?? 0;
  return [...rows].sort((a, b) => turn(a) - turn(b) || number(a) - number(b));
}

async function run({ senderId, model, claims }: World, s: Step): Promise<void> {
  const { sending, evidence, campaigns } = bench.ledger;
  const claimOf = (n: number) => claims[n % Math.max(1, claims.length)];
  switch (s.do) {
    case 'feed':
      expect(names(await feedRows(bench, { senderId, limit: 50 }))).toEqual(names(model.feed()));
      return;
    case 'claim': {
      const rows = s.order.map((i) => model.rows[i] as ModelRow);
      const now = await batchesOf(rows);
      // Batches of before, as an old job names them, and forged ones: never claimed.
      const jobs = s.stale ? now.map((one) => ({ batch: one.batch - 1_000_000 })) : now;
      const leaseMs = s.leaseEnds ? NO_LEASE_MS : LEASE_MS;
      const given = await claimRows(bench, senderId, jobs, { leaseMs });
      const wanted = s.stale ? [] : model.claim(inTurn(rows, now), s.leaseEnds);
      expect(names(given)).toEqual(names(wanted));
      for (const row of wanted) {
        expect(given.find((c) => c.request === row.request)?.fence).toBe(row.fence);
        expect(claims.some((c) => c.row === row && c.fence === row.fence)).toBe(false);
        claims.push({ row, fence: row.fence });
      }
      return;
    }
    case 'decide-unclaimed': {
      const fates = await sending.decideUnclaimed({ senderId, rows: await batchesOf(model.rows) });
      expect(fates.map((t) => t.fate)).toEqual(model.decideUnclaimed(model.rows));
      return;
    }
    case 'record': {
      const chosen = new Map<ModelRow, ReturnType<typeof entryOf>>();
      for (const { claim, outcome } of s.entries) {
        const of = claimOf(claim);
        if (of !== undefined && !chosen.has(of.row))
          chosen.set(of.row, entryOf({ request: of.row.request, fence: of.fence }, outcome));
      }
      const answers = await sending.record([...chosen.values()]);
      for (const [row, entry] of chosen) {
        const answer = answers.find((a) => a.request === row.request);
        expect(answer?.applied).toBe(model.record(row, entry.fence, entry));
        expect(answer?.state).toBe(row.state);
      }
      return;
    }
    case 'sweep':
      await sending.sweepLeases({ checkAfterMs: 60_000 });
      model.sweep();
      return;
    case 'release': {
      const of = claimOf(s.claim);
      if (of === undefined) return;
      await sending.record([unsent({ request: of.row.request, fence: of.fence })]);
      model.release(of.row, of.fence);
      return;
    }
    case 'check': {
      const of = claimOf(s.claim);
      if (of === undefined) return;
      const moved = await evidence.recordCheck({
        request: of.row.request,
        fence: of.fence,
        state: s.found as 'accepted',
        finding: 'found',
      });
      expect(moved).toBe(model.recordCheck(of.row, of.fence, s.found as 'accepted'));
      return;
    }
    case 'status': {
      const of = claimOf(s.claim);
      if (of === undefined) return;
      const applied = await applyStatus(evidence, {
        request: of.row.request,
        fence: of.fence,
        wamid: `wamid.${of.row.request}.${of.fence}`,
        status: s.word as 'sent',
        at: new Date(),
      });
      expect(applied?.applied).toBe(model.status(of.row, of.fence));
      return;
    }
    case 'settle': {
      const row = model.rows[s.row % model.rows.length] as ModelRow;
      const as = s.as as 'accepted';
      const answer = await evidence.settle({ campaignId: row.campaign.id, row: row.row, as });
      expect(answer?.settled).toBe(model.settle(row, as));
      return;
    }
    case 'cancel':
    case 'retry':
    case 'pause':
    case 'resume':
    case 'complete': {
      const campaign = model.campaigns[s.campaign];
      if (campaign === undefined) return;
      const { id } = campaign;
      if (s.do === 'complete') {
        const ours = new Set(model.campaigns.map((c) => c.id));
        const done = (await sending.completeCampaigns()).filter((c) => ours.has(c));
        expect([...done].sort()).toEqual([...model.complete()].sort());
      } else if (s.do === 'retry') {
        // An operator is refused earlier in a cancelled campaign (`campaign/operator.ts`).
        if (campaign.state === 'cancelled') return;
        const states = ['uncertain', 'rejected'] as const;
        const done = await evidence.retry({ campaignId: id, states });
        expect(done?.retried).toBe(model.retry(campaign));
      } else if (s.do === 'cancel') {
        await campaigns.transition({ id, from: ['running', 'paused'], to: 'cancelled' });
        if (campaign.state === 'running' || campaign.state === 'paused') model.cancel(campaign);
      } else {
        const [from, to] =
          s.do === 'pause' ? (['running', 'paused'] as const) : (['paused', 'running'] as const);
        await campaigns.transition({ id, from: [from], to });
        if (campaign.state === from) campaign.state = to;
      }
    }
  }
}

async function actual({ senderId, model }: World) {
  const [found] = await bench.rows<{
    rows: { id: string; state: RequestState; fence: number }[];
    pairs: { person: string; n: number }[] | null;
  }>(
    `select
       (select json_agg(json_build_object('id', id::text, 'state', state, 'fence', fence) order by id)
        from requests where campaign_id = any($2)) as rows,
       (select json_agg(json_build_object('person', person, 'n', cardinality(asks)))
        from pairs where sender_id = $1) as pairs`,
    [senderId, model.campaigns.map((c) => c.id)],
  );
  const held = new Map([...model.held.keys()].map((person) => [person, 0]));
  for (const { person, n } of found?.pairs ?? []) held.set(person, n);
  return { rows: found?.rows ?? [], held };
}

/** Everybody is fed and claimed, some under a lease that has ended: most steps are about claims. */
const BEGINNING: readonly Step[] = [
  { do: 'feed' },
  { do: 'claim', order: [0, 1, 2], leaseEnds: false, stale: false },
  { do: 'claim', order: [3, 4], leaseEnds: true, stale: false },
];

describe('invariants 2, 5 and 6 hold in any order of events', () => {
  test('the statements do what the model does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }),
        async (steps) => {
          const w = await world();
          let before = (await actual(w)).rows;
          for (const s of [...BEGINNING, ...steps]) {
            await run(w, s);
            const now = await actual(w);
            // The same states and fences, row by row.
            expect(now.rows).toEqual(
              w.model.rows.map(({ request: id, state, fence }) => ({ id, state, fence })),
            );
            // Allowance is conserved: as many times in the book as reservations held.
            expect(now.held).toEqual(new Map([...w.model.held].map(([p, set]) => [p, set.size])));
            for (const [i, { state }] of now.rows.entries()) {
              const was = before[i]?.state as RequestState;
              if (was !== state) expect(FORWARD[was]).toContain(state);
            }
            before = now.rows;
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
