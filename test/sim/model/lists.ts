/** Lists: one loader at a time holds a campaign while its list is read, and no line goes in but under that hold. */
import type { CampaignState } from '../../../src/core/campaign.ts';
import type { ListLine } from '../../../src/core/people/recipient.ts';
import type { AddedLines } from '../../../src/core/ports/campaigns.ts';
import type { Loading, LoadingHold, NewCampaign } from '../../../src/core/ports/index.ts';
import { asksOf } from './people.ts';
import { ensure } from './senders.ts';
import { type CampaignRow, changeCampaign, type Row, type Tables, type Turn } from './tables.ts';

/** So long a hold lasts without a write, ms. */
const HOLD_MS = 15_000;

/** Makes a campaign, or finds the one with the same key; `undefined`: the key belongs to another spec or body. */
export function createCampaign(
  { now }: Turn,
  {
    bodySha256 = null,
    id,
    ...spec
  }: Omit<NewCampaign, 'bodySha256'> & { bodySha256?: string | null; readonly id: string },
): { readonly campaign: CampaignRow; readonly created: boolean } | undefined {
  const { idempotencyKey: key } = spec;
  const senderIds = spec.senderIds ?? [spec.senderId];
  const fingerprint = JSON.stringify([spec.template, spec.language, senderIds]);
  const same = key && [...now.campaigns.values()].find((c) => c.spec.idempotencyKey === key);
  if (same)
    return same.fingerprint === fingerprint && same.body === bodySha256
      ? { campaign: same, created: false }
      : undefined;
  for (const sender of senderIds) ensure(now, { id: sender });
  const campaign: CampaignRow = {
    ...{ id, spec, fingerprint, body: bodySha256, senderIds, state: 'loading', reason: null },
    ...{ pausedBy: null, listSha256: null, streak: null, errors: 0, loader: null, loaderUntil: 0 },
  };
  now.campaigns.set(campaign.id, campaign);
  return { campaign, created: true };
}

/** What each write under a hold answers; without it, where the campaign stands. */
export type Held<T> = { readonly held: true; readonly value: T } | NotHeld;

/** The hold is another loader's, or the list is in. */
export interface NotHeld {
  readonly held: false;
  readonly state: CampaignState | undefined;
}

/** Takes hold, unless another loader lives. */
export function hold({ now, clock }: Turn, p: Loading): LoadingHold | undefined {
  const c = now.campaigns.get(p.campaignId);
  if (c === undefined) return undefined;
  const isFree = c.loader === null || c.loader === p.loader || c.loaderUntil < clock;
  const held = c.state === 'loading' && isFree;
  if (held) changeCampaign(now, c.id, { loader: p.loader, loaderUntil: clock + HOLD_MS });
  const { single = false, startAt = null, expireAt = null } = c.spec;
  const terms = { single, startAt, expireAt };
  return { held, state: c.state, listSha256: c.listSha256, terms };
}

function underHold<T>({ now, clock }: Turn, p: Loading, write: (c: CampaignRow) => T): Held<T> {
  const c = now.campaigns.get(p.campaignId);
  if (c?.state !== 'loading' || c.loader !== p.loader) return { held: false, state: c?.state };
  changeCampaign(now, c.id, { loaderUntil: clock + HOLD_MS });
  return { held: true, value: write(c) };
}

/** Removes the lines that an earlier load left. */
export const clear = (turn: Turn, p: Loading): Held<void> =>
  underHold(turn, p, ({ id }) => {
    for (const row of linesOf(turn.now, id)) turn.now.rows.delete(row.id);
  });

/** Writes lines, doubles too. */
export const addLines = (
  turn: Turn,
  p: Loading & { readonly language: string; readonly lines: readonly ListLine[] },
): Held<AddedLines> =>
  underHold(turn, p, (c) => {
    const { now, clock } = turn;
    for (const line of p.lines) {
      if (line.kind === 'refused') continue;
      const { row, to, parameters, senderId, language } = line.recipient;
      const id = String(nextId(now));
      now.rows.set(id, {
        ...FRESH,
        ...{ id, campaign: c.id, row, to, parameters, dueAt: clock },
        sender: askedBefore(now, c.senderIds, to) ?? senderId ?? c.spec.senderId,
        language: language ?? p.language,
        state: 'pending',
      });
    }
    return { added: p.lines.length, refused: 0 };
  });

/** The list is in, if what is there is as many lines: a person who stands on it before is skipped; how many are. */
export const finishLoading = (
  turn: Turn,
  p: Loading & { readonly listSha256: string; readonly lines: number },
): Held<number | undefined> =>
  underHold(turn, p, ({ id }) => {
    const { now } = turn;
    const lines = linesOf(now, id);
    if (lines.length !== p.lines) return undefined;
    const people = new Set<string>();
    for (const row of [...lines].sort((a, b) => a.row - b.row)) {
      if (people.has(row.to))
        now.rows.set(row.id, { ...row, isDouble: true, state: 'skipped', reason: 'duplicate' });
      people.add(row.to);
    }
    const { listSha256 } = p;
    changeCampaign(now, id, { listSha256, state: 'draft', loader: null });
    return lines.length - people.size;
  });

/** Lets go without an end. */
export function letGo({ now }: Turn, p: Loading): void {
  if (now.campaigns.get(p.campaignId)?.loader === p.loader)
    changeCampaign(now, p.campaignId, { loader: null });
}

function linesOf(t: Tables, campaign: string): readonly Row[] {
  return [...t.rows.values()].filter((row) => row.campaign === campaign);
}

function nextId(t: Tables): number {
  return 1 + Math.max(0, ...[...t.rows.keys()].map(Number));
}

/** One person is asked by the sender that asked before, if one of the campaign's did. */
function askedBefore(t: Tables, senders: readonly string[], to: string): string | undefined {
  if (senders.length === 1) return undefined;
  const last = senders.map((id) => ({
    id,
    at: Math.max(0, ...asksOf(t, id, to).map((ask) => ask.at)),
  }));
  const latest = last.reduce((a, b) => (b.at > a.at ? b : a));
  return latest.at > 0 ? latest.id : undefined;
}

const FRESH = {
  ...{ fence: 0, batch: null, epoch: 0, epochFence: 0, proofFence: null, attempts: 0 },
  ...{ claimId: null, leaseUntil: 0, queuedAt: 0, checkAt: null, checks: 0, reservedAt: 0 },
  ...{ wamid: null, waId: null, errorCode: null, finding: null, isDouble: false, reason: null },
};
