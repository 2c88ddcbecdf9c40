/** The single request: one person, asked now, ahead of every list. */
import type { CampaignState, PauseReason } from './campaign.ts';
import type { Recipient } from './people/recipient.ts';
import { shownTo } from './people/user-id.ts';
import type { RequestResult, RequestState } from './request.ts';

/**
 * What a request that is not final waits for: `pair-limit` the person's allowance, `quiet-hours` the
 * person's morning, `daily-budget` room among the people a day, `retry` the next try after a refusal
 * that passes, `evidence` the check of an uncertain one, `sender-process` some process that sends,
 * `paused-queue` somebody who resumes the queue that was paused in the dashboard.
 */
export const WAITS_FOR = [
  'pair-limit',
  'quiet-hours',
  'daily-budget',
  'retry',
  'evidence',
  'sender-process',
  'paused-queue',
] as const;

/** What a request that is not final waits for. */
export type WaitsFor = (typeof WAITS_FOR)[number];

/** How a single request stands: its line of an export, and what it waits for if it is not final. */
export interface RequestStanding extends RequestResult {
  /** Names the request; it is the id of its campaign of one, too. */
  readonly id: string;
  /** Of its campaign: `paused` where the sender or the template is at fault. */
  readonly state: CampaignState;
  /** Why it is paused, or who cancelled it. */
  readonly reason: PauseReason | null;
  readonly waits_for: WaitsFor | null;
  /** When it goes on by itself, ISO 8601 in UTC. */
  readonly due_at: string | null;
}

const SETTLED: ReadonlySet<RequestState> = new Set([
  'accepted',
  'already-granted',
  'rejected',
  'skipped',
  'expired',
  'cancelled',
]);

/** Whether nothing more happens by itself; an uncertain one is final once its check was made. */
export function isFinal(standing: Pick<RequestStanding, 'status' | 'waits_for'>): boolean {
  return (
    SETTLED.has(standing.status) ||
    (standing.status === 'uncertain' && standing.waits_for !== 'evidence')
  );
}

/** How a request stands that was made this moment: as the ledger would show it until a sender takes it up. */
export function freshResult(recipient: Recipient): RequestResult {
  return {
    row: 1,
    reference: recipient.reference ?? null,
    to: shownTo(recipient.to),
    wa_id: null,
    user_id: null,
    status: 'pending',
    message_status: null,
    wamid: null,
    attempts: 0,
    due_at: null,
    error_code: null,
    error_message: null,
    advice: null,
    accepted_at: null,
    delivery: null,
    delivered_at: null,
    read_at: null,
    answer: null,
    answered_at: null,
    permission_expires_at: null,
  };
}
