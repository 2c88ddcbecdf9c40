/**
 * What is learned of attempts, whoever brings it: each outcome says which attempt it speaks of, and so what it
 * may overrule. What it may not is reported as not applied.
 */
import type { PauseReason } from '../../../src/core/campaign.ts';
import type { ClaimRef, RecordAnswer, RecordEntry } from '../../../src/core/ports/index.ts';
import { accept, end, putBack, useAllowance } from './change-state.ts';
import { giveBackAllowance } from './people.ts';
import { change, changeCampaign, type Row, type Tables, type Turn } from './tables.ts';
import { areStorable } from './values.ts';

/** An outcome, or a decision on one: by a check, an operator or a streak. */
export type Entry = Omit<RecordEntry, 'outcome' | 'countAttempt'> & {
  readonly outcome: RecordEntry['outcome'] | 'check' | 'settled' | 'streak';
  readonly countAttempt?: boolean;
  readonly finding?: string;
};

/** Writes outcomes; a value that cannot be stored is left out, and its outcome written anyway. */
export function record(turn: Turn, entries: readonly Entry[]): readonly RecordAnswer[] {
  return entries.flatMap((one) => {
    const row = turn.now.rows.get(one.request);
    if (row === undefined) return [];
    const entry = areStorable(
      [one.errorMessage, one.wamid, one.messageStatus, one.waId],
      one.errorCode,
    )
      ? one
      : bare(one);
    const applied = mayOverrule(entry, row);
    if (applied) apply(turn, row, entry);
    else if (isProofMeanwhile(entry, row)) {
      change(turn.now, row.id, { proofFence: entry.fence, wamid: entry.wamid ?? row.wamid });
      useAllowance(turn.now, row, entry.fence, turn.clock);
    }
    learn(turn.now, row.to, entry.waId);
    const { state } = turn.now.rows.get(row.id) as Row;
    return [{ request: row.id, fence: entry.fence, applied, state }];
  });
}

function bare({ wamid, messageStatus, waId, errorCode, errorMessage, ...decides }: Entry): Entry {
  return decides;
}

function isOfThisEpoch(entry: Entry, row: Row): boolean {
  return (entry.epoch ?? row.epoch) === row.epoch;
}

function mayOverrule(entry: Entry, row: Row): boolean {
  if (!isOfThisEpoch(entry, row)) return false;
  const { state } = row;
  if (entry.outcome === 'accepted') {
    // A fact about the person: any attempt of the epoch proves it, while none is being sent.
    if (entry.fence <= row.epochFence || entry.fence > row.fence) return false;
    if (state === 'sending') return entry.fence === row.fence;
    return state !== 'accepted' || (row.wamid === null && entry.wamid !== undefined);
  }
  if (entry.fence !== row.fence) return false;
  switch (entry.outcome) {
    case 'refused':
      return state === 'sending' || state === 'uncertain';
    case 'uncertain':
      return state === 'sending';
    case 'doubted':
      return state !== 'uncertain' && state !== 'accepted';
    case 'unsent':
      return state === 'sending' || (state === 'uncertain' && isUnknownByLease(row));
    case 'check':
    case 'settled':
      return state === 'uncertain';
    case 'streak':
      return state === 'rejected' && row.errorCode === entry.errorCode && row.finding === null;
  }
}

function isUnknownByLease({ reason }: Row): boolean {
  return reason === 'lease-ended' || reason === 'interrupted';
}

/** Proof of an older attempt, while a later one may be on the wire: it bars the way back. */
function isProofMeanwhile(entry: Entry, row: Row): boolean {
  const isOlder = entry.fence < row.fence && entry.fence > row.epochFence;
  return (
    entry.outcome === 'accepted' && row.state === 'sending' && isOlder && isOfThisEpoch(entry, row)
  );
}

function apply({ now, clock }: Turn, row: Row, entry: Entry): void {
  const isDecision = entry.outcome === 'check' || entry.outcome === 'settled';
  if (entry.giveBackAllowance) giveBackAllowance(now, row, entry.fence);
  // The permission that a refusal told of may be somebody else's.
  if (entry.outcome === 'doubted' && row.state === 'already-granted')
    now.granted.delete(`${row.sender} ${row.to.replace('+', '')}`);
  if (entry.outcome === 'accepted' || entry.outcome === 'doubted')
    useAllowance(now, row, entry.fence, clock);
  const said: Partial<Row> = {
    attempts: row.attempts - (entry.countAttempt === false ? 1 : 0),
    wamid: entry.wamid ?? row.wamid,
    waId: entry.waId ?? row.waId,
    finding: entry.finding ?? row.finding,
  };
  const wrong: Partial<Row> = {
    errorCode: entry.errorCode ?? row.errorCode,
    reason: isDecision ? row.reason : (entry.reason ?? null),
  };
  if (entry.state === 'accepted') {
    accept(now, row.id, said);
    return;
  }
  if (entry.state === 'pending') {
    putBack(now, row.id, { ...said, ...wrong, dueAt: clock + (entry.delayMs ?? 0) });
    return;
  }
  const asked = entry.outcome === 'check' ? entry.delayMs : (entry.delayMs ?? 0);
  end(now, row.id, {
    ...said,
    ...wrong,
    state: entry.state,
    claimId: entry.state === 'uncertain' ? row.claimId : null,
    checkAt: entry.state === 'uncertain' && asked !== undefined ? clock + asked : null,
  });
  // Somebody is to be looked at after all: a campaign that was done is not.
  if (entry.outcome === 'doubted' && now.campaigns.get(row.campaign)?.state === 'completed')
    changeCampaign(now, row.campaign, { state: 'running' });
  const digits = row.to.replace('+', '');
  if (entry.state === 'rejected' && entry.reason === 'suppress') now.suppressed.add(digits);
  if (entry.state === 'already-granted') now.granted.add(`${row.sender} ${digits}`);
}

/** Meta named the wa_id of a number. */
function learn(t: Tables, to: string, waId: string | undefined): void {
  if (waId !== undefined && `+${waId}` !== to && t.waIds.get(to) !== waId) t.waIds.set(to, waId);
}

/** A claim whose answer was never read: from now on it claims nothing, and what it has claimed goes back. */
export function releaseClaim(turn: Turn, claimId: string): number {
  turn.now.deadClaims.add(claimId);
  const held = [...turn.now.rows.values()].filter(
    (row) => row.claimId === claimId && (row.state === 'sending' || row.state === 'uncertain'),
  );
  const unsent = held.map(
    ({ id, fence }): Entry => ({
      ...{ request: id, fence, outcome: 'unsent', state: 'pending' },
      ...{ countAttempt: false, giveBackAllowance: true },
    }),
  );
  return record(turn, unsent).filter(({ applied }) => applied).length;
}

/** Claims whose lease ended: somebody may have sent. */
export function sweepLeases({ now, clock }: Turn, checkAfterMs: number): number {
  let ended = 0;
  for (const { id, state, leaseUntil } of [...now.rows.values()]) {
    if (state !== 'sending' || leaseUntil >= clock) continue;
    ended += 1;
    const patch = { state: 'uncertain', reason: 'lease-ended' } as const;
    end(now, id, { ...patch, checkAt: clock + checkAfterMs });
  }
  return ended;
}

/** Equal failures in a row pause the campaign; those refused within the streak wait again. */
export function streak(
  turn: Turn,
  p: {
    readonly campaignId: string;
    readonly key: string;
    readonly attempts: readonly ClaimRef[];
    readonly enough: number;
    readonly reason: PauseReason;
  },
): boolean {
  const { now } = turn;
  const campaign = now.campaigns.get(p.campaignId);
  if (campaign === undefined) return false;
  const before = campaign.streak?.key === p.key ? campaign.streak.marks : [];
  const marks = [...before, ...p.attempts];
  const pauses = campaign.state === 'running' && marks.length >= p.enough;
  const ours = pauses || (campaign.state === 'paused' && campaign.pausedBy === p.key);
  changeCampaign(now, p.campaignId, {
    streak: { key: p.key, marks: ours ? [] : marks },
    ...(pauses ? { state: 'paused', reason: p.reason, pausedBy: p.key } : {}),
  });
  if (ours && /^\d+$/.test(p.key))
    record(
      turn,
      marks.map((ref) => ({
        ...ref,
        ...{ outcome: 'streak', state: 'pending', errorCode: Number(p.key) },
        ...{ countAttempt: false, giveBackAllowance: true },
      })),
    );
  return ours;
}

/** What outcomes came to in one campaign. */
export interface Tally {
  readonly campaign: string;
  readonly accepted: number;
  readonly errors: number;
}

/** Whose campaigns have a streak under way, or a bound of errors. */
export function watched({ now }: Turn, refs: readonly ClaimRef[]): ReadonlyMap<string, string> {
  const found = refs.flatMap(({ request }) => {
    const campaign = now.campaigns.get(now.rows.get(request)?.campaign ?? '');
    const isWatched = campaign?.streak != null || campaign?.spec.maxErrors !== undefined;
    return isWatched && campaign !== undefined ? [[request, campaign.id] as const] : [];
  });
  return new Map(found);
}

/** What applied outcomes come to, by watched campaign. */
export function talliesOf(
  answers: readonly RecordAnswer[],
  campaignOf: ReadonlyMap<string, string>,
): readonly Tally[] {
  const mine = answers.filter(({ applied, request }) => applied && campaignOf.has(request));
  return [...new Set(campaignOf.values())]
    .sort()
    .map((campaign) => {
      const states = mine
        .filter(({ request }) => campaignOf.get(request) === campaign)
        .map(({ state }) => state);
      return {
        campaign,
        accepted: states.filter((state) => state === 'accepted').length,
        errors: states.filter((state) => state === 'rejected' || state === 'uncertain').length,
      };
    })
    .filter(({ accepted, errors }) => accepted + errors > 0);
}

/** An acceptance ends a streak, too many errors pause. */
export function tally({ now }: Turn, p: Tally): void {
  const campaign = now.campaigns.get(p.campaign);
  if (campaign === undefined) return;
  const errors = campaign.errors + p.errors;
  const most = campaign.spec.maxErrors;
  const isOver = most !== undefined && 'count' in most && errors > most.count;
  const message = `${errors} errors: more than --max-errors allows`;
  changeCampaign(now, campaign.id, {
    errors,
    ...(p.accepted > 0 ? { streak: null } : {}),
    ...(isOver && p.errors > 0 && campaign.state === 'running'
      ? { state: 'paused', reason: { by: 'us', scope: 'campaign', message } }
      : {}),
  });
}
