/**
 * The states of one call permission request, and which of them are final.
 * `pending` waits in the ledger; `queued` has a job; `sending` is claimed for one POST.
 */
export const REQUEST_STATES = [
  'pending',
  'queued',
  'sending',
  'accepted',
  'already-granted',
  'rejected',
  'uncertain',
  'skipped',
  'expired',
  'cancelled',
] as const;

/** State of a request; see `ARCHITECTURE.md` for the picture. */
export type RequestState = (typeof REQUEST_STATES)[number];

/** Requests by state: every state is present, zero when none. */
export type Counts = Readonly<Record<RequestState, number>>;

/** Counts with every state at zero. */
export function noCounts(): Record<RequestState, number> {
  return Object.fromEntries(REQUEST_STATES.map((s) => [s, 0])) as Record<RequestState, number>;
}

/** Requests that still have work before them (`uncertain` ones wait only for evidence). */
export function openCount(counts: Counts): number {
  return counts.pending + counts.queued + counts.sending;
}

/** One line of an export: what became of one recipient. Times are ISO 8601 in UTC. */
export interface RequestResult {
  readonly row: number;
  readonly reference: string | null;
  readonly to: string;
  readonly wa_id: string | null;
  /** Meta's id of the person for this business (`US.1349`). */
  readonly user_id: string | null;
  readonly status: RequestState;
  readonly message_status: string | null;
  readonly wamid: string | null;
  readonly attempts: number;
  /** Not before this time, while it waits. */
  readonly due_at: string | null;
  readonly error_code: number | null;
  readonly error_message: string | null;
  readonly advice: string | null;
  readonly accepted_at: string | null;
  readonly delivery: string | null;
  readonly delivered_at: string | null;
  readonly read_at: string | null;
  /** `granted` or `declined`. */
  readonly answer: string | null;
  readonly answered_at: string | null;
  /** Of a permission for a time; `null` of one without an end. */
  readonly permission_expires_at: string | null;
}

/** The columns of an export, in their order. */
export const EXPORT_COLUMNS = [
  'row',
  'reference',
  'to',
  'wa_id',
  'user_id',
  'status',
  'message_status',
  'wamid',
  'attempts',
  'due_at',
  'error_code',
  'error_message',
  'advice',
  'accepted_at',
  'delivery',
  'delivered_at',
  'read_at',
  'answer',
  'answered_at',
  'permission_expires_at',
] as const satisfies readonly (keyof RequestResult)[];
