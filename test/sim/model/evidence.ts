/** Evidence about requests whose outcome is not known, and operators' decisions on them. */
import type { CampaignState } from '../../../src/core/campaign.ts';
import type {
  AppliedStatus,
  ClaimRef,
  StatusEvent,
  UncertainCheck,
} from '../../../src/core/ports/index.ts';
import type { RequestState } from '../../../src/core/request.ts';
import { putBack } from './change-state.ts';
import { record } from './outcomes.ts';
import { asksOf, giveBackAllowance } from './people.ts';
import { change, changeCampaign, type Row, type Turn } from './tables.ts';

const DAY_MS = 86_400_000;

/** One uncertain request whose check is due, put off so that one process looks. */
export function takeCheck(
  { now, clock }: Turn,
  p: { readonly senderId: string; readonly putOffMs: number; readonly paceMs: number },
): UncertainCheck | undefined {
  const sender = now.senders.get(p.senderId);
  if (sender === undefined || sender.nextCheck > clock + 1_000) return undefined;
  let due: Row | undefined;
  for (const row of now.rows.values()) {
    if (row.state !== 'uncertain' || row.sender !== p.senderId) continue;
    if (row.checkAt === null || row.checkAt > clock) continue;
    if (due === undefined || row.checkAt < (due.checkAt ?? 0)) due = row;
  }
  if (due === undefined) return undefined;
  const waitMs = Math.max(0, sender.nextCheck - clock);
  const nextCheck = Math.max(sender.nextCheck, clock) + p.paceMs;
  now.senders.set(sender.id, { ...sender, nextCheck });
  const row = change(now, due.id, { checkAt: clock + p.putOffMs, checks: due.checks + 1 });
  const others = asksOf(now, row.sender, row.to).filter(
    (ask) => ask.request !== row.id || ask.fence !== row.fence,
  );
  return {
    request: row.id,
    fence: row.fence,
    to: row.to,
    waId: now.waIds.get(row.to) ?? row.to.replace('+', ''),
    waIdKnown: now.waIds.has(row.to),
    checks: row.checks,
    ageMs: clock - row.reservedAt,
    knownDay: others.filter((ask) => ask.at > clock - DAY_MS).length,
    knownWeek: others.filter((ask) => ask.at > clock - 7 * DAY_MS).length,
    resetSince: false,
    leftSince: false,
    heldSince: false,
    waitMs,
  };
}

/** What a check found. */
export function recordCheck(
  turn: Turn,
  p: ClaimRef & {
    readonly state: 'accepted' | 'pending' | 'uncertain';
    readonly finding?: string;
    readonly againAfterMs?: number;
  },
): boolean {
  const { againAfterMs, ...entry } = p;
  const [answer] = record(turn, [
    {
      ...entry,
      outcome: 'check',
      giveBackAllowance: p.state === 'pending',
      ...(againAfterMs === undefined ? {} : { delayMs: againAfterMs }),
    },
  ]);
  return answer?.applied === true;
}

/** A status webhook proves that Meta took the message of that fence. */
export function applyStatus(turn: Turn, status: StatusEvent): AppliedStatus | undefined {
  const { now } = turn;
  const row =
    status.request === undefined
      ? [...now.rows.values()].find((one) => one.wamid === status.wamid)
      : now.rows.get(status.request);
  if (row === undefined) return undefined;
  const fence = status.fence ?? row.fence;
  const mine = fence > row.epochFence && fence <= row.fence;
  record(turn, [
    {
      ...{ request: row.id, fence, outcome: 'accepted', state: 'accepted' },
      giveBackAllowance: false,
      ...(status.wamid === undefined ? {} : { wamid: status.wamid }),
      ...(status.waId === undefined ? {} : { waId: status.waId }),
    },
  ]);
  const { state } = now.rows.get(row.id) as Row;
  const applied = mine && state === 'accepted';
  return {
    n: 1,
    request: row.id,
    applied,
    news: applied,
    was: row.state,
    state,
    delivery: applied ? status.status : null,
    senderId: row.sender,
    template: now.campaigns.get(row.campaign)?.spec.template ?? '',
    language: row.language,
    person: row.to.replace('+', ''),
  };
}

/** An operator's decision on one uncertain request. */
export function settle(
  turn: Turn,
  p: { readonly campaignId: string; readonly row: number; readonly as: 'accepted' | 'rejected' },
): { settled: boolean; state: RequestState } | undefined {
  const rows = [...turn.now.rows.values()];
  const row = rows.find((r) => r.campaign === p.campaignId && r.row === p.row);
  if (row === undefined) return undefined;
  const [answer] = record(turn, [
    {
      ...{ request: row.id, fence: row.fence, outcome: 'settled', state: p.as },
      ...{ finding: 'by hand', giveBackAllowance: p.as === 'rejected' },
    },
  ]);
  return { settled: answer?.applied === true, state: answer?.state ?? row.state };
}

const RETRIED: readonly RequestState[] = ['rejected', 'skipped', 'expired', 'uncertain'];

/** An operator asks again those that ended in some states. What proves an earlier attempt still counts. */
export function retry(
  { now, clock }: Turn,
  p: {
    readonly campaignId: string;
    readonly states: readonly RequestState[];
    readonly errorCode?: number;
  },
):
  | { readonly retried: number; readonly whole: boolean; readonly state: CampaignState }
  | undefined {
  const campaign = now.campaigns.get(p.campaignId);
  if (campaign === undefined) return undefined;
  if (!['running', 'paused', 'completed'].includes(campaign.state))
    return { retried: 0, whole: true, state: campaign.state };
  const chosen = [...now.rows.values()].filter(
    (row) =>
      row.campaign === p.campaignId &&
      !row.isDouble &&
      RETRIED.includes(row.state) &&
      p.states.includes(row.state) &&
      (p.errorCode === undefined || row.errorCode === p.errorCode),
  );
  for (const row of chosen) {
    giveBackAllowance(now, row, row.fence);
    const fresh = { attempts: 0, dueAt: clock, errorCode: null, reason: null, finding: null };
    putBack(now, row.id, fresh);
  }
  if (chosen.length > 0) changeCampaign(now, p.campaignId, { errors: 0 });
  return {
    retried: chosen.length,
    whole: true,
    state: now.campaigns.get(p.campaignId)?.state ?? 'running',
  };
}
