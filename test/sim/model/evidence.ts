/** Evidence about requests whose outcome is not known, and operators' words about them. */
import type {
  AppliedStatus,
  ClaimRef,
  StatusEvent,
  UncertainCheck,
} from '../../../src/core/ports.ts';
import type { RequestState } from '../../../src/core/request.ts';
import { accept, asksOf, giveBackAllowance, putBack } from './change-state.ts';
import type { Rules } from './rules.ts';
import { change, changeCampaign, type Row, type Turn } from './tables.ts';
import { refuseValues } from './values.ts';

const DAY_MS = 86_400_000;

/** One uncertain request whose check is due, put off so that one process looks. */
export function takeCheck(
  { now, clock }: Turn,
  p: { readonly senderId: string; readonly putOffMs: number; readonly paceMs: number },
): UncertainCheck | undefined {
  const sender = now.senders.get(p.senderId);
  if (sender === undefined || sender.nextCheck > clock + 1_000) return undefined;
  const due = [...now.rows.values()]
    .filter(
      (row) =>
        row.sender === p.senderId &&
        row.state === 'uncertain' &&
        row.checkAt !== null &&
        row.checkAt <= clock,
    )
    .sort((a, b) => (a.checkAt ?? 0) - (b.checkAt ?? 0))[0];
  if (due === undefined) return undefined;
  now.senders.set(sender.id, {
    ...sender,
    nextCheck: Math.max(sender.nextCheck, clock) + p.paceMs,
  });
  const row = change(now, due.id, { checkAt: clock + p.putOffMs, checks: due.checks + 1 });
  const others = asksOf(now, row.sender, row.to).filter(
    (ask) => ask.request !== row.id || ask.fence !== row.fence,
  );
  return {
    request: row.id,
    fence: row.fence,
    campaignId: row.campaign,
    to: row.to,
    waId: now.waIds.get(row.to) ?? row.to.replace('+', ''),
    waIdKnown: now.waIds.has(row.to),
    checks: row.checks,
    ageMs: clock - row.reservedAt,
    knownDay: others.filter((ask) => ask.at > clock - DAY_MS).length,
    knownWeek: others.filter((ask) => ask.at > clock - 7 * DAY_MS).length,
    resetSince: false,
    heldSince: false,
    waitMs: Math.max(0, sender.nextCheck - clock),
  };
}

/** What a check found. */
export function recordCheck(
  { now, clock }: Turn,
  rules: Rules,
  p: ClaimRef & {
    readonly state: 'accepted' | 'pending' | 'uncertain';
    readonly againAfterMs?: number;
  },
): boolean {
  const row = now.rows.get(p.request);
  if (row?.state !== 'uncertain' || row.fence !== p.fence) return false;
  if (p.state === 'accepted') accept(now, row.id, clock, {});
  else if (p.state === 'uncertain')
    change(now, row.id, {
      checkAt: p.againAfterMs === undefined ? null : clock + p.againAfterMs,
    });
  else {
    giveBackAllowance(now, row);
    putBack(now, rules, row.id, { dueAt: clock });
  }
  return true;
}

/** A status webhook proves that Meta took the message of that fence. */
export function applyStatus(
  turn: Turn,
  rules: Rules,
  status: StatusEvent,
): AppliedStatus | undefined {
  const { now, clock } = turn;
  refuseValues([status.wamid, status.waId, status.error?.message], status.error?.code);
  const row =
    status.request === undefined
      ? [...now.rows.values()].find((one) => one.wamid === status.wamid)
      : now.rows.get(status.request);
  if (row === undefined) return undefined;
  const isNewest = status.fence === undefined || status.fence === row.fence;
  const settlesOlder =
    rules.olderProof === 'settles' && row.state !== 'sending' && row.state !== 'accepted';
  const applied = isNewest || settlesOlder;
  if (applied && row.state !== 'already-granted') {
    if (status.waId !== undefined && `+${status.waId}` !== row.to)
      now.waIds.set(row.to, status.waId);
    accept(now, row.id, clock, { wamid: row.wamid ?? status.wamid });
  }
  return {
    request: row.id,
    applied,
    news: applied,
    was: row.state,
    state: (now.rows.get(row.id) as Row).state,
    delivery: applied ? status.status : null,
    senderId: row.sender,
    template: now.campaigns.get(row.campaign)?.spec.template ?? '',
    language: row.language,
    person: row.to.replace('+', ''),
  };
}

/** An operator's word about one uncertain request. */
export function settle(
  { now, clock }: Turn,
  p: { readonly campaignId: string; readonly row: number; readonly as: 'accepted' | 'rejected' },
): { settled: boolean; state: RequestState } | undefined {
  const row = [...now.rows.values()].find((r) => r.campaign === p.campaignId && r.row === p.row);
  if (row === undefined) return undefined;
  if (row.state !== 'uncertain') return { settled: false, state: row.state };
  if (p.as === 'accepted') accept(now, row.id, clock, {});
  else {
    giveBackAllowance(now, row);
    change(now, row.id, { state: 'rejected', checkAt: null, claimedBy: null });
  }
  return { settled: true, state: p.as };
}

/** An operator asks again those that ended in some states. */
export function retry(
  { now, clock }: Turn,
  p: {
    readonly campaignId: string;
    readonly states: readonly RequestState[];
    readonly errorCode?: number;
  },
): number {
  const campaign = now.campaigns.get(p.campaignId);
  const chosen = [...now.rows.values()].filter(
    (row) =>
      row.campaign === p.campaignId &&
      !row.isDouble &&
      p.states.includes(row.state) &&
      (p.errorCode === undefined || row.errorCode === p.errorCode),
  );
  if (campaign === undefined || campaign.state === 'cancelled') return 0;
  for (const row of chosen) {
    giveBackAllowance(now, row);
    change(now, row.id, {
      state: 'pending',
      epoch: row.epoch + 1,
      attempts: 0,
      dueAt: clock,
      checkAt: null,
      claimedBy: null,
      errorCode: null,
      reason: null,
    });
  }
  if (chosen.length > 0 && campaign.state === 'completed')
    changeCampaign(now, p.campaignId, { state: 'running' });
  return chosen.length;
}
