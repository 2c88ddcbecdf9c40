/** Campaigns on their way from state to state, senders and templates with their breakers. */
import type { CampaignState, PauseReason } from '../../../src/core/campaign.ts';
import type { Standing } from '../../../src/core/ports/index.ts';
import { completeIfDone } from './change-state.ts';
import {
  type CampaignRow,
  change,
  changeCampaign,
  isOpen,
  type Row,
  type Tables,
  type Turn,
} from './tables.ts';
import { refuseValues } from './values.ts';

/** Moves a campaign that is in one of the states; its people follow by {@link cancelRequests}. */
export function moveCampaign(
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
  if (p.to === 'completed') {
    const moved = completeIfDone(now, p.id);
    return { moved, state: moved ? 'completed' : campaign.state };
  }
  changeCampaign(now, p.id, {
    ...{ state: p.to, reason: p.reason ?? null, streak: null, pausedBy: null },
    ...(p.to === 'running' ? { errors: 0 } : {}),
  });
  return { moved: true, state: p.to };
}

/** The unsent people of cancelled campaigns end; without an id, of all. */
export function cancelRequests({ now }: Turn, id?: string): number {
  let cancelled = 0;
  for (const row of [...now.rows.values()]) {
    if (row.state !== 'pending' && row.state !== 'queued') continue;
    if (now.campaigns.get(row.campaign)?.state !== 'cancelled') continue;
    if (id !== undefined && row.campaign !== id) continue;
    change(now, row.id, { state: 'cancelled' });
    cancelled += 1;
  }
  return cancelled;
}

/** Completes what has nothing open. */
export function completeCampaigns({ now, seen }: Turn): readonly string[] {
  return [...seen.campaigns.keys()].filter((id) => completeIfDone(now, id));
}

interface Closing {
  readonly senderId: string;
  readonly template?: { readonly name: string; readonly language: string };
  readonly reason: PauseReason;
  readonly probeAfterMs?: number;
}

/** Opens a breaker: nothing is claimed on it any more. */
export function close({ now, clock }: Turn, p: Closing): void {
  refuseValues([p.reason.message], p.reason.code);
  const sender = now.senders.get(p.senderId);
  if (sender === undefined) return;
  const probeAt = p.probeAfterMs === undefined ? Number.POSITIVE_INFINITY : clock + p.probeAfterMs;
  const breaker = { reason: p.reason, probeAt };
  const key = p.template && `${sender.account} ${p.template.name} ${p.template.language}`;
  if (key === undefined ? sender.breaker !== null : now.templates.has(key)) return;
  if (key === undefined) now.senders.set(sender.id, { ...sender, breaker });
  else now.templates.set(key, breaker);
  const one = key ?? sender.id;
  now.probes.set(one, (now.probes.get(one) ?? 0) + 1);
}

/** Pauses the campaigns on a breaker, but for those that have an open sender left. */
export function pauseOf({ now }: Turn, p: Closing): readonly string[] {
  const mine = now.senders.get(p.senderId);
  const paused = [...now.campaigns.values()].filter((c) => {
    if (c.state !== 'running') return false;
    const senders = c.senderIds.map((id) => now.senders.get(id));
    if (p.template === undefined)
      return (
        c.senderIds.includes(p.senderId) &&
        senders.every((one) => one?.id === p.senderId || one?.breaker !== null)
      );
    const { name, language } = p.template;
    const isSame = c.spec.template === name && c.spec.language === language;
    return isSame && senders.every((one) => one?.account === mine?.account);
  });
  for (const c of paused) changeCampaign(now, c.id, { state: 'paused', reason: p.reason });
  return paused.map((c) => c.id);
}

/** Pauses running campaigns that have nothing to do but wait for a breaker. */
export function pauseBlocked({ now }: Turn): readonly string[] {
  const paused: string[] = [];
  const isAnyClosed =
    now.templates.size > 0 || [...now.senders.values()].some((one) => one.breaker !== null);
  if (!isAnyClosed) return paused;
  for (const campaign of [...now.campaigns.values()]) {
    if (campaign.state !== 'running') continue;
    const reason = blockOf(now, campaign);
    if (reason === undefined) continue;
    changeCampaign(now, campaign.id, { state: 'paused', reason });
    paused.push(campaign.id);
  }
  return paused;
}

/** All who are open, uncertain ones too, are a closed sender's; or all who wait are of closed templates. */
function blockOf(now: Tables, campaign: CampaignRow): PauseReason | undefined {
  const open = [...now.rows.values()].filter((row) => row.campaign === campaign.id && isOpen(row));
  const waiting = open.filter((row) => row.state !== 'uncertain');
  if (waiting.length === 0) return undefined;
  const senderOf = (row: Row) => now.senders.get(row.sender);
  const templateOf = (row: Row) =>
    now.templates.get(`${senderOf(row)?.account} ${campaign.spec.template} ${row.language}`);
  if (open.every((row) => senderOf(row)?.breaker !== null))
    return campaign.senderIds.map((id) => now.senders.get(id)?.breaker?.reason).find(Boolean);
  const ofOpenSenders = waiting.filter((row) => senderOf(row)?.breaker === null);
  if (ofOpenSenders.some((row) => templateOf(row) === undefined)) return undefined;
  const fed = ofOpenSenders.find((row) => row.state === 'pending');
  return fed && templateOf(fed)?.reason;
}

/** Closes breakers: by a person's command, or by a probe, which also resumes what they had paused. */
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
  const forget = (one: string) => p.resume !== true && now.probes.delete(one);
  if (p.templateOnly !== true) {
    now.senders.set(sender.id, { ...sender, breaker: null });
    forget(sender.id);
  }
  const { template } = p;
  const prefix = `${sender.account} ${template?.name} `;
  // All that was ever closed, too.
  for (const key of [...now.probes.keys()])
    if (
      key.startsWith(prefix) &&
      (template?.language ?? key.slice(prefix.length)) === key.slice(prefix.length)
    ) {
      now.templates.delete(key);
      forget(key);
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
  for (const c of resumed)
    changeCampaign(now, c.id, { state: 'running', reason: null, streak: null, pausedBy: null });
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
  /** Looks become less and less frequent. */
  function putOff(one: string): { readonly probeAt: number } {
    const probes = now.probes.get(one) ?? 0;
    now.probes.set(one, probes + 1);
    return { probeAt: clock + p.pauseMs * 2 ** Math.min(probes, DOUBLED_MOST) };
  }
  if (sender.breaker !== null && sender.breaker.probeAt <= clock) {
    now.senders.set(sender.id, {
      ...sender,
      breaker: { ...sender.breaker, ...putOff(sender.id) },
    });
    due.push(null);
  }
  const [first] = [...now.templates]
    .filter(([key, one]) => key.startsWith(`${sender.account} `) && one.probeAt <= clock)
    .sort(([, one], [, other]) => one.probeAt - other.probeAt);
  if (first !== undefined) {
    const [key, breaker] = first;
    now.templates.set(key, { ...breaker, ...putOff(key) });
    const [, name = '', language = ''] = key.split(' ');
    due.push({ name, language });
  }
  return due;
}

/** A pause between looks is doubled so often at most. */
const DOUBLED_MOST = 6;

/** What a sender's due people wait for. */
export function standing({ seen, clock }: Turn, senderId: string): Standing {
  const sender = seen.senders.get(senderId);
  let due = false;
  let queued = false;
  for (const row of seen.rows.values()) {
    if (row.sender !== senderId || seen.campaigns.get(row.campaign)?.state !== 'running') continue;
    if (row.state === 'queued') queued = true;
    if (row.state === 'pending' && row.dueAt <= clock) due = true;
  }
  return {
    moves: (sender?.nextSlot ?? 0) > clock - 3_000,
    ...{ due: due || queued, queued, feedable: due },
    closed: sender?.breaker?.reason.message ?? null,
    heldUntil: null,
    spent: null,
    template: null,
  };
}
