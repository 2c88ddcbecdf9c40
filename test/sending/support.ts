/** A dispatcher that is stepped, over a ledger and a Meta that do what the test says. */
import type {
  BatchJob,
  ClaimAnswer,
  ClaimedRequest,
  JobEnd,
  MessageSender,
  RecordEntry,
  SenderStore,
  SendingStore,
} from '../../src/core/ports/index.ts';
import type { Outcome } from '../../src/core/verdicts/outcome.ts';
import { Dispatcher } from '../../src/sending/dispatcher.ts';
import { claim, keptLog } from '../campaign/support.ts';
import { SteppedClock, settled } from './stepped-clock.ts';

/** The database's clock less the monotonic one, ms. */
const DATABASE_MS = 5_000_000;
const LEAD_MS = 4;
const HORIZON_MS = 200;

/** One row of the ledger's double. */
export interface Row {
  readonly batch: number;
  readonly more: Partial<ClaimedRequest>;
  state: string;
  fence: number;
}

type Ask = Parameters<SendingStore['claim']>[0];
type Doubt = Parameters<MessageSender['send']>[1]['onDoubt'];

/** Makes all of it, with people in batches: `[batch, how many]`. */
export function bench(
  batches: readonly (readonly [number, number])[],
  p: { readonly rate?: number; readonly more?: Partial<ClaimedRequest> } = {},
) {
  const clock = new SteppedClock();
  const kept = keptLog();
  const rate = p.rate ?? 100;
  const rows = new Map<string, Row>();
  for (const [batch, n] of batches)
    for (let i = 0; i < n; i += 1)
      rows.set(`${batch}0${i}`, { batch, more: p.more ?? {}, state: 'queued', fence: 0 });
  const b = {
    clock,
    messages: kept.messages,
    fields: kept.fields,
    levels: kept.levels,
    rows,
    rate,
    /** Each claim that was asked for. */
    asked: [] as Ask[],
    /** What the next claims answer beside what they would, or that they fail. */
    onClaim: undefined as
      | ((answer: ClaimAnswer, ask: Ask) => ClaimAnswer | Promise<ClaimAnswer>)
      | undefined,
    fate: 'pending' as 'pending' | 'skipped' | 'later' | 'not-queued',
    /** Rows that no claim takes, and that are to be decided. */
    barred: new Set<string>(),
    recorded: [] as RecordEntry[],
    released: [] as string[],
    closed: [] as unknown[],
    slowed: [] as unknown[],
    onRecord: undefined as (() => Promise<void>) | undefined,
    /** Outcomes come too late to be applied: what their rows are by then. */
    isLate: undefined as 'expired' | 'accepted' | undefined,
    /** How often there was work, and room, and the ledger was asked. */
    calls: { work: 0, atOnce: 0, room: 0, decided: 0, gaveBack: 0 },
    /** Before rows go back, and before a claim is released. */
    onGiveBack: undefined as (() => Promise<void>) | undefined,
    onRelease: undefined as (() => Promise<void>) | undefined,
    posts: [] as { readonly to: string; readonly at: number }[],
    /** What Meta answers to each POST, in turn; accepted after 100 ms unless told. */
    meta: [] as (Outcome | ((mayWrite: () => boolean, doubt: Doubt) => Promise<Outcome>))[],
    dispatcher: undefined as unknown as Dispatcher,
    /** Puts a batch in hand. */
    submit(
      batch: number,
      size = [...rows.values()].filter((row) => row.batch === batch).length,
      single = false,
    ) {
      const told: [number, readonly string[]][] = [];
      const job: BatchJob = {
        ...{ batch, size, single },
        tell: (percent, lines) => void told.push([percent, lines]),
      };
      const held: { end: JobEnd | undefined; readonly told: typeof told } = {
        end: undefined,
        told,
      };
      void b.dispatcher.submit(job).then((end) => {
        held.end = end;
      });
      return held;
    },
    /** Ticks as often as it says, for so long. */
    async run(ms: number): Promise<void> {
      const end = clock.now() + ms;
      let stands = 0;
      while (clock.now() < end) {
        const before = clock.now();
        const waits = await Promise.race([
          b.tick(),
          settled()
            .then(settled)
            .then(() => 'open'),
        ]);
        const left = end - clock.now();
        await clock.advance(typeof waits === 'number' ? Math.min(waits, left) : Math.min(20, left));
        stands = clock.now() > before ? 0 : stands + 1;
        if (stands > 1_000) throw new Error('it ticks for ever at one moment');
      }
    },
    tick: async (): Promise<number | undefined> => {
      try {
        return await b.dispatcher.tick();
      } catch (error) {
        b.dispatcher.failed(error);
        return 500;
      }
    },
    states: () => [...rows.values()].map((row) => row.state),
  };
  let next = 0;

  function claimOf(request: string, row: Row, slotAtMs: number): ClaimedRequest {
    Object.assign(row, { state: 'sending', fence: row.fence + 1 });
    const { batch, fence } = row;
    const number = Number(request.slice(String(batch).length + 1)) + 1;
    return claim({ request, batch, fence, row: number, slotAtMs, ...row.more });
  }

  function answerTo(ask: Ask): ClaimAnswer {
    const at = clock.now() + DATABASE_MS;
    const step = 1_008 / rate;
    let slot = Math.max(next, at + LEAD_MS);
    const take = () => {
      const given = slot;
      slot += step;
      return given;
    };
    const hasRoom = () => slot <= at + HORIZON_MS;
    const again = (ask.again ?? []).flatMap(({ request, fence }) =>
      hasRoom() ? [{ request, fence, slotAtMs: take() }] : [],
    );
    const numbers = ask.batches.map(({ batch }) => batch);
    const waits = [...rows].filter(
      ([, row]) => row.state === 'queued' && numbers.includes(row.batch),
    );
    const claimed: ClaimedRequest[] = [];
    for (const [request, row] of waits)
      if (!b.barred.has(request) && hasRoom()) claimed.push(claimOf(request, row, take()));
    const left = waits
      .filter(([request]) => b.barred.has(request))
      .map(([request, { batch }]) => ({ request, batch }));
    next = slot;
    const done = numbers.filter(
      (batch) => ![...rows.values()].some((row) => row.state === 'queued' && row.batch === batch),
    );
    const times = { databaseNowMs: at, nextSlotMs: slot };
    return { claimed, again, lost: [], left, done, share: rate, rate, closed: false, ...times };
  }

  const sending: Partial<SendingStore> = {
    async claim(ask) {
      b.asked.push(ask);
      const answer = answerTo(ask);
      return b.onClaim === undefined ? answer : b.onClaim(answer, ask);
    },
    async decideUnclaimed({ rows: left }) {
      b.calls.decided += 1;
      for (const { request } of left) if (b.fate !== 'later') setState(request, b.fate);
      return left.map((row) => ({ ...row, fate: b.fate }));
    },
    async giveBack({ batches: numbers }) {
      b.calls.gaveBack += 1;
      await b.onGiveBack?.();
      const back = [...rows].filter(
        ([, row]) => row.state === 'queued' && numbers.includes(row.batch),
      );
      for (const [request] of back) setState(request, 'pending');
      return back.map(([, { batch }]) => batch);
    },
    async record(entries) {
      await b.onRecord?.();
      b.recorded.push(...entries);
      return entries.map(({ request, fence, state }) => {
        setState(request, state);
        return { request, fence, state: b.isLate ?? state, applied: b.isLate === undefined };
      });
    },
    async releaseClaim({ claimId }) {
      await b.onRelease?.();
      b.released.push(claimId);
      return 0;
    },
    streak: async () => false,
  };
  const setState = (request: string, state: string) =>
    Object.assign(rows.get(request) ?? {}, { state });
  const senders: Partial<SenderStore> = {
    close: async (given) => {
      b.closed.push(given);
      return [];
    },
    slow: async (given) => void b.slowed.push(given),
  };
  const meta: MessageSender = {
    async send(input, { mayWrite, onDoubt }) {
      const outcome = b.meta.shift();
      if (typeof outcome === 'function') return outcome(mayWrite, onDoubt);
      if (outcome?.kind === 'unsent') return outcome;
      if (!mayWrite()) return { kind: 'unsent', detail: 'withheld' };
      b.posts.push({ to: input.callbackData, at: clock.now() });
      await clock.sleep(100);
      return outcome ?? { kind: 'accepted', messageStatus: 'accepted', wamid: 'wamid.1' };
    },
    setConnections: () => undefined,
  };
  b.dispatcher = new Dispatcher({
    ...{ clock, senderId: '1065', worker: 'w', requestTimeoutMs: 30_000 },
    ...{ checkAfterMs: 60_000, log: kept.log, meta },
    sending: sending as SendingStore,
    senders: senders as SenderStore,
    onWork: (atOnce) => {
      b.calls.work += 1;
      b.calls.atOnce += Number(atOnce);
    },
    onRoom: () => {
      b.calls.room += 1;
    },
  });
  return b;
}
