/** Campaigns and their lists, senders and their breakers. */
import type { CampaignSpec, CampaignState, PauseReason } from '../../../src/core/campaign.ts';
import type { AddedLines } from '../../../src/core/ports/campaigns.ts';
import type { ListLine } from '../../../src/core/recipient.ts';
import { type CampaignRow, change, changeCampaign, type Row, type Turn } from './tables.ts';
import { refuseValues } from './values.ts';

/** Makes a campaign, or finds the one with the same key; `undefined`: the key belongs to another spec. */
export function createCampaign(
  { now }: Turn,
  spec: CampaignSpec,
): { readonly campaign: CampaignRow; readonly created: boolean } | undefined {
  const { idempotencyKey: key } = spec;
  const fingerprint = JSON.stringify([
    spec.template,
    spec.language,
    spec.senderIds ?? spec.senderId,
  ]);
  const same = key && [...now.campaigns.values()].find((c) => c.spec.idempotencyKey === key);
  if (same)
    return same.fingerprint === fingerprint ? { campaign: same, created: false } : undefined;
  const campaign: CampaignRow = {
    id: `c${now.campaigns.size + 1}`,
    spec,
    fingerprint,
    senderIds: spec.senderIds ?? [spec.senderId],
    state: 'loading',
    reason: null,
    listSha256: null,
    streak: null,
  };
  now.campaigns.set(campaign.id, campaign);
  return { campaign, created: true };
}

/** Writes lines of a `loading` campaign; gives the first row that holds another number than before. */
export function addLines(
  { now, seen, clock }: Turn,
  p: {
    readonly campaignId: string;
    readonly senderIds: readonly string[];
    readonly language: string;
    readonly lines: readonly ListLine[];
  },
): AddedLines & { readonly mismatch?: number } {
  const here = (t: Turn['now'], row: number) =>
    [...t.rows.values()].find((r) => r.campaign === p.campaignId && r.row === row);
  let added = 0;
  let doubles = 0;
  let mismatch: number | undefined;
  const isLoading = seen.campaigns.get(p.campaignId)?.state === 'loading';
  for (const line of p.lines) {
    if (line.kind === 'refused') continue;
    const { row, to, parameters, senderId, language } = line.recipient;
    refuseValues(Object.values(parameters));
    const before = here(seen, row);
    if (before !== undefined && before.to !== to) mismatch = Math.min(mismatch ?? row, row);
    if (before !== undefined || here(now, row) !== undefined || !isLoading) continue;
    const isDouble = [...now.rows.values()].some((r) => r.campaign === p.campaignId && r.to === to);
    const id = String(now.rows.size + 1);
    now.rows.set(id, {
      ...FRESH,
      id,
      campaign: p.campaignId,
      sender: senderId ?? p.senderIds[0] ?? '',
      row,
      to,
      language: language ?? p.language,
      words: parameters,
      state: isDouble ? 'skipped' : 'pending',
      reason: isDouble ? 'duplicate' : null,
      isDouble,
      dueAt: clock,
    });
    if (isDouble) doubles += 1;
    else added += 1;
  }
  return { added, doubles, refused: 0, ...(mismatch === undefined ? {} : { mismatch }) };
}

const FRESH: Omit<
  Row,
  | 'id'
  | 'campaign'
  | 'sender'
  | 'row'
  | 'to'
  | 'language'
  | 'words'
  | 'state'
  | 'isDouble'
  | 'dueAt'
> = {
  fence: 0,
  feed: 0,
  epoch: 0,
  attempts: 0,
  claimedBy: null,
  claimId: null,
  leaseUntil: 0,
  queuedAt: 0,
  checkAt: null,
  checks: 0,
  reservedAt: 0,
  wamid: null,
  waId: null,
  errorCode: null,
  reason: null,
};

/** Binds the list; gives the fingerprint that is bound. */
export function finishLoading(
  { now }: Turn,
  p: { readonly campaignId: string; readonly listSha256: string },
): string | null {
  const campaign = now.campaigns.get(p.campaignId);
  if (campaign === undefined) return null;
  const listSha256 = campaign.listSha256 ?? p.listSha256;
  const state = campaign.state === 'loading' ? 'draft' : campaign.state;
  changeCampaign(now, p.campaignId, { listSha256, state });
  return listSha256;
}

/** Takes back what a list put in. */
export function discard({ now }: Turn, id: string): void {
  const state = now.campaigns.get(id)?.state;
  if (state !== 'loading' && state !== 'draft') return;
  now.campaigns.delete(id);
  for (const row of [...now.rows.values()]) if (row.campaign === id) now.rows.delete(row.id);
}

/** Moves a campaign; cancelling takes everything unsent along. */
export function transition(
  { now }: Turn,
  p: {
    readonly id: string;
    readonly from: readonly CampaignState[];
    readonly to: CampaignState;
    readonly reason?: PauseReason;
  },
): { moved: boolean; state: CampaignState } | undefined {
  const campaign = now.campaigns.get(p.id);
  if (campaign === undefined) return undefined;
  if (!p.from.includes(campaign.state)) return { moved: false, state: campaign.state };
  changeCampaign(now, p.id, { state: p.to, reason: p.reason ?? null, streak: null });
  if (p.to === 'cancelled')
    for (const row of [...now.rows.values()])
      if (row.campaign === p.id && (row.state === 'pending' || row.state === 'queued'))
        change(now, row.id, { state: 'cancelled' });
  return { moved: true, state: p.to };
}

/** Opens a breaker and pauses the campaigns on it, but for those that have an open sender left. */
export function close(
  { now, clock }: Turn,
  p: {
    readonly senderId: string;
    readonly template?: { readonly name: string; readonly language: string };
    readonly reason: PauseReason;
    readonly probeAfterMs?: number;
  },
): readonly string[] {
  refuseValues([p.reason.message]);
  const sender = now.senders.get(p.senderId);
  if (sender === undefined) return [];
  const breaker = {
    reason: p.reason,
    probeAt: p.probeAfterMs === undefined ? Number.POSITIVE_INFINITY : clock + p.probeAfterMs,
  };
  if (p.template === undefined) {
    if (sender.breaker === null) now.senders.set(sender.id, { ...sender, breaker });
  } else {
    const key = `${sender.account} ${p.template.name} ${p.template.language}`;
    if (!now.templates.has(key)) now.templates.set(key, breaker);
  }
  const accounts = (c: CampaignRow) => c.senderIds.map((id) => now.senders.get(id)?.account);
  const paused = [...now.campaigns.values()].filter((c) => {
    if (c.state !== 'running') return false;
    if (p.template === undefined)
      return (
        c.senderIds.includes(sender.id) &&
        c.senderIds.every((id) => now.senders.get(id)?.breaker !== null)
      );
    const { name, language } = p.template;
    const same = c.spec.template === name && c.spec.language === language;
    return same && accounts(c).every((account) => account === sender.account);
  });
  for (const c of paused) changeCampaign(now, c.id, { state: 'paused', reason: p.reason });
  return paused.map((c) => c.id);
}

/** Closes breakers: by a person's word, or by a probe, which also resumes what they had paused. */
export function reopen(
  { now }: Turn,
  p: {
    readonly senderId: string;
    readonly template?: { readonly name: string; readonly language?: string };
    readonly templateOnly?: boolean;
    readonly resume?: boolean;
  },
): readonly string[] {
  const sender = now.senders.get(p.senderId);
  if (sender === undefined) return [];
  if (p.templateOnly !== true) now.senders.set(sender.id, { ...sender, breaker: null });
  const { template } = p;
  if (template !== undefined)
    for (const key of [...now.templates.keys()]) {
      const prefix = `${sender.account} ${template.name} `;
      if (
        key.startsWith(prefix) &&
        (template.language ?? key.slice(prefix.length)) === key.slice(prefix.length)
      )
        now.templates.delete(key);
    }
  if (p.resume !== true) return [];
  const resumed = [...now.campaigns.values()].filter(
    (c) =>
      c.state === 'paused' &&
      c.reason?.by === 'us' &&
      c.senderIds.includes(sender.id) &&
      (template === undefined
        ? c.reason.scope === 'sender'
        : c.reason.scope === 'template' && c.spec.template === template.name),
  );
  for (const c of resumed) changeCampaign(now, c.id, { state: 'running', reason: null });
  return resumed.map((c) => c.id);
}

/** Breakers of a sender that are due for a look; each is put off so that one process looks. */
export function takeProbes(
  { now, clock }: Turn,
  p: { readonly senderId: string; readonly pauseMs: number },
): readonly ({ readonly name: string; readonly language: string } | null)[] {
  const sender = now.senders.get(p.senderId);
  if (sender === undefined) return [];
  const due: ({ name: string; language: string } | null)[] = [];
  if (sender.breaker !== null && sender.breaker.probeAt <= clock) {
    now.senders.set(sender.id, {
      ...sender,
      breaker: { ...sender.breaker, probeAt: clock + p.pauseMs },
    });
    due.push(null);
  }
  for (const [key, breaker] of [...now.templates]) {
    if (!key.startsWith(`${sender.account} `) || breaker.probeAt > clock) continue;
    now.templates.set(key, { ...breaker, probeAt: clock + p.pauseMs });
    const [, name = '', language = ''] = key.split(' ');
    due.push({ name, language });
  }
  return due;
}
