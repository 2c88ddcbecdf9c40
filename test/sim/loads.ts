/** Lists, and whoever loads them: by the real use case, again with the same key until it is told yes or no. */
import { startCampaign } from '../../src/campaign/control.ts';
import { type ListToLoad, loadCampaign } from '../../src/campaign/load.ts';
import type { CampaignSpec } from '../../src/core/campaign.ts';
import type { Clock } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import type { Line } from './invariants.ts';
import type { Ledger } from './ports.ts';

/** Between two tries of a loader, ms. */
const AGAIN_MS = 700;

/** Who is told that another load has the campaign comes again later, so often, ms. */
const LATER_MS = 20_000;
const TRIES = 4;

/** How a load ended. */
export type LoadEnd =
  | { readonly kind: 'accepted'; readonly campaign: string }
  | { readonly kind: 'refused'; readonly code: string };

/** Makes a list of people. Some stand in other lists too, with other parameters. */
export function makeList(p: {
  readonly lines: number;
  /** Where its people begin. */
  readonly from: number;
  readonly prefix: string;
}): readonly Line[] {
  return Array.from({ length: p.lines }, (_, i) => ({
    row: i + 1,
    to: `+1650555${String(1_000 + p.from + i)}`,
    parameters: { 1: `${p.prefix} ${i + 1}` },
  }));
}

/** What a campaign is made with. */
export function specOf(p: {
  readonly key: string;
  readonly senders: readonly string[];
  readonly template: string;
}): CampaignSpec {
  return {
    senderId: p.senders[0] ?? '',
    senderIds: p.senders,
    template: p.template,
    language: 'en',
    parameterFormat: 'positional',
    headerParameters: [],
    bodyParameters: ['1'],
    idempotencyKey: p.key,
  };
}

/** Loads a list and starts its campaign. */
export async function load(p: {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly spec: CampaignSpec;
  readonly list: readonly Line[];
  readonly accepted: (campaign: string, list: readonly Line[]) => void;
  readonly started: (campaign: string) => void;
}): Promise<LoadEnd> {
  const shares = (p.spec.senderIds ?? []).map((id) => ({ id, weight: 1 }));
  const once = () =>
    untilAnswered(p.clock, () => loadCampaign(p, { list: openList(p.list), spec: p.spec, shares }));
  let loaded = await once();
  for (let n = 1; n < TRIES && !loaded.ok && loaded.error.code === 'CONFLICT'; n += 1) {
    await p.clock.sleep(LATER_MS);
    loaded = await once();
  }
  if (!loaded.ok) return { kind: 'refused', code: loaded.error.code };
  const { id } = loaded.value;
  p.accepted(id, p.list);
  await untilAnswered(p.clock, () => startCampaign({ ...p, config: { senders: [] } }, id));
  p.started(id);
  return { kind: 'accepted', campaign: id };
}

/** A person repeats a command that found the database away, whatever the reason. */
async function untilAnswered<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const isServers = error instanceof InfrastructureError || 'code' in (error as object);
      if (!isServers) throw error;
      await clock.sleep(AGAIN_MS);
    }
  }
}

function openList(list: readonly Line[]): ListToLoad {
  async function* batches() {
    for (const { row, to, parameters } of list)
      yield [{ kind: 'recipient' as const, recipient: { row, to, parameters } }];
  }
  return { batches: batches(), sha256: () => JSON.stringify(list) };
}
