/** What is measured on a full ledger: each thing that a sender's loop asks of it, and each that an operator reads. */
import type {
  BatchToClaim,
  ClaimedRequest,
  FedBatch,
  QueuedRow,
} from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { FULL } from './ledger-fill.ts';

/** Of each statement of the loop, ms. */
const LOOP_MS = 15;
/** Of a list of campaigns, and of one of them, ms. */
const SHOWN_MS = 30;
/** Of a million people, ms. */
const FORECAST_MS = 5_000;

/** One thing that is measured. */
export interface Act {
  readonly name: string;
  /** Most that its median may take, ms; left out where nothing is promised. */
  readonly mostMs?: number;
  /** Fewer runs, for what takes seconds. */
  readonly runs?: number;
  /** Makes ready, unmeasured, and gives what is measured. */
  ready(): Promise<() => Promise<unknown>>;
}

/** Who acts, and where. */
export interface Scene {
  readonly ledger: Ledger;
  readonly rows: number;
  /** Runs SQL that is not measured. */
  readonly aside: <Row extends object>(sql: string) => Promise<{ readonly rows: Row[] }>;
}

const senderId = FULL.sender;
const PACE = `update senders set next_slot = '-infinity', shared_slot = '-infinity', sharers = '{}',
  sharers_until = '{}', sharers_slots = '{}' where id = '${senderId}'`;
let lastClaim = 0;

/** Takes back the send times that were given out, unmeasured. */
export const resetPace = (aside: Scene['aside']) => aside(PACE);

/** Feeds twenty, or so many, and gives their batches. */
export async function fed(
  { ledger }: Pick<Scene, 'ledger'>,
  size = 20,
): Promise<readonly FedBatch[]> {
  const batches = await ledger.sending.feed({ senderId, limit: size, batchSize: size });
  if (batches.length === 0) throw new Error('nobody was fed');
  return batches;
}

/** What a claim of these batches is asked with. */
export function claimOf(batches: readonly FedBatch[]) {
  lastClaim += 1;
  const toClaim: readonly BatchToClaim[] = batches.map(({ batch }) => ({ batch, served: 0 }));
  const claimId = `bench.${process.pid}.${lastClaim}`;
  return { senderId, batches: toClaim, worker: 'bench', claimId, leaseMs: 60_000 };
}

/** The records of claims that Meta accepted. */
export function acceptedOf(claims: readonly ClaimedRequest[]) {
  return claims.map((claim) => ({
    request: claim.request,
    fence: claim.fence,
    to: claim.to,
    state: 'accepted' as const,
    outcome: 'accepted' as const,
    countAttempt: true,
    giveBackAllowance: false,
    // As long as Meta's are.
    wamid: `wamid.${`${claim.request}.${claim.fence}.`.padEnd(56, 'A')}`,
    messageStatus: 'accepted',
    waId: claim.to.slice(1),
  }));
}

/** All of them. */
export function actsOf(scene: Scene): readonly Act[] {
  return [...loopActs(scene), ...readActs(scene)];
}

function loopActs({ ledger, rows, aside }: Scene): readonly Act[] {
  const { sending, senders, evidence, silence } = ledger;
  const loop = (name: string, run: () => Promise<unknown>): Act => ({
    name,
    mostMs: LOOP_MS,
    ready: async () => run,
  });
  const claimed = async () => {
    const claim = claimOf(await fed({ ledger }));
    await resetPace(aside);
    return { claim, claimed: (await sending.claim(claim)).claimed };
  };
  const batchesOf = (batches: readonly FedBatch[]) => batches.map(({ batch }) => batch);
  const budget = (name: string, id: string, portfolio: string, limit: number | null) =>
    loop(`budget, ${name}`, async () => senders.budget({ senderId: id, portfolio, limit }));
  return [
    loop('feed', () => fed({ ledger })),
    {
      ...loop('claim', async () => undefined),
      async ready() {
        const claim = claimOf(await fed({ ledger }));
        await resetPace(aside);
        return () => sending.claim(claim);
      },
    },
    {
      ...loop('record', async () => undefined),
      async ready() {
        const entries = acceptedOf((await claimed()).claimed);
        return () => sending.record(entries);
      },
    },
    {
      ...loop('release', async () => undefined),
      async ready() {
        const { claimId } = (await claimed()).claim;
        return () => sending.releaseClaim({ senderId, claimId });
      },
    },
    {
      ...loop('give back', async () => undefined),
      async ready() {
        const batches = batchesOf(await fed({ ledger }));
        return () => sending.giveBack({ senderId, batches });
      },
    },
    {
      ...loop('decide', async () => undefined),
      async ready() {
        const numbers = batchesOf(await fed({ ledger })).join();
        const { rows: left } = await aside<QueuedRow>(
          `select id::text as request, batch::float8 as batch from requests
           where sender_id = '${senderId}' and batch = any('{${numbers}}') and state = 'queued' order by id`,
        );
        return () => sending.decideUnclaimed({ senderId, rows: left });
      },
    },
    loop('sweep', () => sending.sweepLeases({ checkAfterMs: 60_000 })),
    loop('expire', () => sending.expire()),
    loop('pause what is blocked', () => sending.pauseBlocked()),
    loop('complete', () => sending.completeCampaigns()),
    loop('lost batches', () => sending.staleBatches({ senderId, olderThanMs: 15_000, limit: 500 })),
    loop('check', () => evidence.takeCheck({ senderId, putOffMs: 60_000, paceMs: 0 })),
    loop('probes', () => senders.takeProbes({ senderId, pauseMs: 60_000 })),
    loop('heartbeat', () =>
      senders.heartbeat({ worker: 'bench', senderId, messagesPerSecond: 1_000, inFlight: 1 }),
    ),
    loop('standing', () => silence.standing(senderId)),
    budget('no limit', senderId, 'p1', null),
    budget('used up', FULL.spent, 'p2', FULL.spentLimit(rows)),
    budget('with room', FULL.roomy, 'p3', rows),
  ];
}

function readActs({ ledger, rows }: Scene): readonly Act[] {
  const { campaigns, senders } = ledger;
  const read = (name: string, run: () => Promise<unknown>, mostMs?: number): Act => ({
    name,
    ...(mostMs === undefined ? {} : { mostMs }),
    ready: async () => run,
  });
  const page = (id: string, state: 'rejected' | 'accepted') => async () => {
    for await (const _ of campaigns.results({ id, states: [state] }))
      if (state === 'accepted') return;
  };
  return [
    read('campaign list', () => campaigns.list({ limit: 100 }), SHOWN_MS),
    read('campaign', () => campaigns.get(FULL.mixed), SHOWN_MS),
    read('progress', () => campaigns.progress(FULL.mixed), SHOWN_MS),
    read('reasons', () => campaigns.reasons(FULL.mixed), SHOWN_MS),
    read('results, a rare state', page(FULL.done, 'rejected'), SHOWN_MS),
    read('results, a page', page(FULL.done, 'accepted'), SHOWN_MS),
    read('senders', () => senders.list(), SHOWN_MS),
    {
      ...read(`forecast of ${rows / 2}`, () => campaigns.forecast(FULL.draft), FORECAST_MS),
      runs: 2,
    },
  ];
}
