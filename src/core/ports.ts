/**
 * The stations of the road as the use cases (`src/campaign`) see them, in the order a recipient
 * meets them. Each port is implemented by one station folder; `src/wiring.ts` puts them together.
 */
import type {
  Campaign,
  CampaignSpec,
  CampaignState,
  CampaignSummary,
  PauseReason,
} from './campaign.ts';
import type {
  CallingSettings,
  CallPermissionInfo,
  CreatedTemplate,
  GraphFailure,
  NewTemplate,
  NumberInfo,
  SendInput,
  Template,
  TokenInfo,
} from './graph.ts';
import type { Outcome } from './outcome.ts';
import type { Problem } from './problem.ts';
import type { ListLine, RefusedLine } from './recipient.ts';
import type { Counts, RequestResult, RequestState } from './request.ts';
import type { Result } from './result.ts';

/** Campaigns in the ledger. */
export interface CampaignStore {
  /**
   * Makes a campaign in state `loading`, or finds the one with the same idempotency key.
   * The same key with another spec is a `Problem` (`IDEMPOTENCY_MISMATCH`).
   */
  create(spec: CampaignSpec): Promise<Result<{ campaign: Campaign; created: boolean }, Problem>>;
  get(id: string): Promise<CampaignSummary | undefined>;
  list(p: { limit: number }): Promise<readonly CampaignSummary[]>;
  /** Counts by state only: what a progress bar polls. */
  progress(id: string): Promise<CampaignProgress | undefined>;
  /**
   * Moves a campaign if it is in one of the `from` states; `undefined` when there is no such
   * campaign, else the state it is in afterwards.
   */
  transition(p: {
    id: string;
    from: readonly CampaignState[];
    to: CampaignState;
    reason?: PauseReason;
  }): Promise<{ moved: boolean; state: CampaignState } | undefined>;
  /** Takes back what a list put in, for `--strict`: the campaign and its lines go. */
  discard(id: string): Promise<void>;
  /** What became of each recipient, by row; flat memory. */
  results(p: { id: string; states?: readonly RequestState[] }): AsyncIterable<RequestResult>;
  refusedLines(id: string): AsyncIterable<RefusedLine>;
}

/** What a progress bar shows. */
export interface CampaignProgress {
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly counts: Counts;
  readonly refusedLines: number;
  /** Earliest time at which an open request has something to do; `null` when none is open. */
  readonly nextDueAt: Date | null;
  /** Open requests with nothing to do within the next five minutes (waits, checks of uncertain ones). */
  readonly later: number;
  /** Uncertain requests whose check is still to come: the others are final. */
  readonly uncertainOpen: number;
}

/** The intake side of the ledger. */
export interface IntakeStore {
  /**
   * Writes lines of a `loading` campaign. Adding the same rows again changes nothing; a row that
   * holds another number than before means that this is another list (`IDEMPOTENCY_MISMATCH`).
   */
  addLines(p: {
    campaignId: string;
    senderId: string;
    language: string;
    lines: readonly ListLine[];
  }): Promise<Result<AddedLines, Problem>>;
  /** Remembers the list's fingerprint and moves `loading` to `draft`. */
  finishLoading(p: { campaignId: string; listSha256: string }): Promise<Result<void, Problem>>;
}

/** What one batch of lines came to. */
export interface AddedLines {
  readonly added: number;
  readonly doubles: number;
  readonly refused: number;
}

/** The road itself: feeding, claiming, recording, sweeping. */
export interface RoadStore {
  /** `pending` -> `queued`, round robin over campaigns, single requests first. */
  feed(p: { senderId: string; limit: number }): Promise<readonly QueueJob[]>;
  /** Claims up to the room the sender's rate leaves, and reserves a send time for each (one statement). */
  claim(p: {
    senderId: string;
    jobs: readonly QueueJob[];
    worker: string;
    /** How long the claim outlasts its send time, in ms; longer than the request time-out. */
    leaseMs: number;
  }): Promise<ClaimAnswer>;
  /** Decides the jobs a claim left: closed ones go back to `pending`, late ones expire, foreign ones are named. */
  turnAway(p: { senderId: string; jobs: readonly QueueJob[] }): Promise<readonly TurnedAway[]>;
  /** Gives unsent claims back, fenced; also one the sweep has made `uncertain` in the meantime. */
  release(p: { worker: string; claims: readonly ClaimRef[] }): Promise<void>;
  /** Jobs taken and not claimed go back: `queued` -> `pending`. */
  giveBack(jobs: readonly QueueJob[]): Promise<void>;
  /**
   * Counts equal refusals that are not about the person; enough of them in a row pause the campaign
   * with `reason` and put their rows back. Gives whether they did.
   */
  refusalStreak(p: {
    campaignId: string;
    requests: readonly string[];
    enough: number;
    reason: PauseReason & { readonly code: number };
  }): Promise<boolean>;
  /** After a claim whose answer was lost: gives back what it may have claimed; `held` are the requests the worker does hold. */
  releaseLost(p: { worker: string; held: readonly string[] }): Promise<number>;
  /** Writes outcomes, fenced; says which were applied. */
  record(entries: readonly RecordEntry[]): Promise<readonly RecordAnswer[]>;
  /** Claims whose lease ended -> `uncertain`. */
  sweepLeases(p: { checkAfterMs: number }): Promise<number>;
  /** `queued` rows older than `olderThanMs` that may have lost their job. */
  staleQueued(p: {
    senderId: string;
    olderThanMs: number;
    limit: number;
  }): Promise<readonly QueueJob[]>;
  /** Feeds rows again under a new feed number, for jobs that are gone. */
  refeed(jobs: readonly QueueJob[]): Promise<readonly QueueJob[]>;
  /** Completes running campaigns that have nothing open; gives their ids. */
  completeCampaigns(): Promise<readonly string[]>;
}

/** A job names a row and the feed that made it; `lane` 0 goes before 1. */
export interface QueueJob {
  readonly request: string;
  readonly feed: number;
  readonly lane: number;
}

/** Names one attempt: writes that do not carry the current fence change nothing. */
export interface ClaimRef {
  readonly request: string;
  readonly fence: number;
}

/** One claimed request with all that its POST needs. */
export interface ClaimedRequest extends ClaimRef {
  readonly job: QueueJob;
  readonly campaignId: string;
  readonly senderId: string;
  readonly to: string;
  readonly template: string;
  readonly language: string;
  readonly parameterFormat: 'positional' | 'named';
  readonly headerParameters: readonly string[];
  readonly bodyParameters: readonly string[] | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Tries that count, this one included. */
  readonly attempts: number;
  /** When to send: milliseconds since the epoch by the database's clock. */
  readonly slotAtMs: number;
}

/** A claim's answer. */
export interface ClaimAnswer {
  readonly claimed: readonly ClaimedRequest[];
  /** Send times that were free when it was made; when it equals `claimed.length` there may be more work. */
  readonly room: number;
  /** The database's clock at the statement, ms since the epoch. */
  readonly databaseNowMs: number;
  /** When the next free send time is, same clock. */
  readonly nextSlotMs: number;
  /** Messages a second now in force. */
  readonly rate: number;
  /** The sender's breaker is open: nothing may be sent. */
  readonly closed: boolean;
}

/** What became of a job that could not be claimed. */
export interface TurnedAway {
  readonly job: QueueJob;
  /** `later`: still claimable, there was no room. `foreign`: the row is not waiting for this job. */
  readonly fate: 'later' | 'foreign' | RequestState;
}

/** One outcome with what follows from it, worked out by `campaign/react.ts`. */
export interface RecordEntry extends ClaimRef {
  readonly state: 'accepted' | 'already-granted' | 'rejected' | 'uncertain' | 'pending';
  readonly outcome: Outcome['kind'];
  /** For `pending`: wait this long. For `uncertain`: check after this long. */
  readonly delayMs?: number;
  readonly countAttempt: boolean;
  readonly giveBackAllowance: boolean;
  readonly wamid?: string;
  readonly messageStatus?: string;
  readonly waId?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  /** Why, in a word for programs: an uncertain cause or a verdict. */
  readonly reason?: string;
}

/** Whether an outcome was applied, or kept as evidence only. */
export interface RecordAnswer extends ClaimRef {
  readonly applied: boolean;
  readonly state: RequestState;
}

/** Evidence about requests whose outcome is not known, and operators' words about them. */
export interface EvidenceStore {
  /** An uncertain request whose check is due, and its place in the pace of that route. */
  takeCheck(p: {
    senderId: string;
    putOffMs: number;
    paceMs: number;
  }): Promise<UncertainCheck | undefined>;
  /** What the check found; `false` when the request had moved on meanwhile. */
  recordCheck(
    p: ClaimRef & {
      state: 'accepted' | 'pending' | 'uncertain';
      finding?: string;
      /** Only for `uncertain`: look again after this long; absent: the check is made. */
      againAfterMs?: number;
    },
  ): Promise<boolean>;
  /** A status webhook; `undefined` when no request of ours is meant. Never causes a POST. */
  applyStatus(status: StatusEvent): Promise<AppliedStatus | undefined>;
  /** An operator settles one uncertain request; `undefined` when there is no such row. */
  settle(p: {
    campaignId: string;
    row: number;
    as: 'accepted' | 'rejected';
  }): Promise<{ settled: boolean; state: RequestState } | undefined>;
  /** An operator asks again those that ended in some states; gives how many. */
  retry(p: {
    campaignId: string;
    states: readonly RequestState[];
    errorCode?: number;
  }): Promise<number>;
}

/** Delivery as webhooks tell it; it only moves forward. */
export type DeliveryStatus = 'sent' | 'delivered' | 'read' | 'failed';

/** One status webhook, as far as the ledger needs it. */
export interface StatusEvent {
  /** From `biz_opaque_callback_data`, where it was ours. */
  readonly request?: string;
  readonly fence?: number;
  readonly wamid: string;
  readonly status: DeliveryStatus;
  readonly at: Date;
  readonly waId?: string;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What a status did. */
export interface AppliedStatus {
  readonly request: string;
  /** `false`: it belongs to an older attempt and was kept as evidence. */
  readonly applied: boolean;
  readonly was: RequestState;
  readonly state: RequestState;
  readonly delivery: DeliveryStatus | null;
}

/** An uncertain request with all that its check must weigh. */
export interface UncertainCheck extends ClaimRef {
  readonly campaignId: string;
  readonly to: string;
  readonly waId: string;
  /** Meta has named the wa_id of this number before. */
  readonly waIdKnown: boolean;
  /** This check included. */
  readonly checks: number;
  /** Since the allowance was reserved. */
  readonly ageMs: number;
  /** Other times we asked this person, outcome known or not, within 24 h and 7 days. */
  readonly knownDay: number;
  readonly knownWeek: number;
  /** A connected call has reset the counters since. */
  readonly resetSince: boolean;
  /** Messages of this campaign were held since: this one may be held too, and not counted yet. */
  readonly heldSince: boolean;
  /** Wait this long before asking: the pace of the route. */
  readonly waitMs: number;
}

/** Senders in the ledger: rate and breaker, shared by all processes. */
export interface SenderStore {
  /** Makes the sender known; says nothing about its rate. */
  ensure(p: {
    senderId: string;
    businessAccountId?: string;
    messagesPerSecond: number;
  }): Promise<void>;
  /** This process is alive with this rate; the rate in force is the lowest among the living. */
  heartbeat(p: {
    worker: string;
    senderId: string;
    messagesPerSecond: number;
    inFlight: number;
  }): Promise<SenderStatus>;
  /** This process is gone. */
  leave(p: { worker: string; senderId: string }): Promise<void>;
  list(): Promise<readonly SenderStatus[]>;
  /** Meta said "too fast": cuts the rate of the sender, for all processes; it climbs back by itself. */
  slow(p: { senderId: string; reason: string; waitMs?: number }): Promise<void>;
  /** Opens a breaker and pauses the campaigns on it with the reason. */
  close(p: {
    senderId: string;
    template?: { readonly name: string; readonly language: string };
    reason: PauseReason;
    probeAfterMs?: number;
  }): Promise<readonly string[]>;
  /** Closes the breakers of a sender and of a campaign's template: a person's word, or a probe's. */
  reopen(p: { senderId: string; template?: string }): Promise<void>;
}

/** A sender as operators see it. */
export interface SenderStatus {
  readonly senderId: string;
  readonly rateAllowed: number;
  readonly rateNow: number;
  readonly rateReason: string | null;
  readonly breaker: PauseReason | null;
  readonly inFlight: number;
  readonly processes: number;
}

/** BullMQ: a small window of the work that is due now. It can be lost and rebuilt. */
export interface QueueStation {
  /** Puts jobs in; a job that is there already is not doubled. Throws `InfrastructureError`. */
  add(senderId: string, jobs: readonly QueueJob[]): Promise<void>;
  /** Jobs waiting or active. */
  size(senderId: string): Promise<number>;
  /** Those of `jobs` that the queue does not hold (waiting or active). */
  missing(senderId: string, jobs: readonly QueueJob[]): Promise<readonly QueueJob[]>;
  /** Takes jobs, `concurrency` at a time; a job completes when `handle` resolves. */
  work(
    senderId: string,
    handle: (job: QueueJob) => Promise<void>,
    concurrency: number,
  ): QueueWorker;
  /** Resolves when the queue answers, rejects within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** A running consumer of one sender's queue. */
export interface QueueWorker {
  setConcurrency(n: number): void;
  /** Takes no more; resolves when the jobs in hand have resolved. */
  close(): Promise<void>;
  /** Takes no more and waits for none: what is in hand is left to the stalled check. */
  abandon(): Promise<void>;
}

/** The one call this all is about. */
export interface MessageSender {
  /**
   * POSTs once. Never rejects for anything the network or Meta does.
   * `mayWrite` is asked at the last moment before the first byte; `false` gives `unsent`.
   */
  send(input: SendInput, options: { readonly mayWrite: () => boolean }): Promise<Outcome>;
  setConnections(n: number): void;
}

/** Everything else asked of Meta. */
export interface GraphAdmin {
  createTemplate(template: NewTemplate): Promise<Result<CreatedTemplate, GraphFailure>>;
  listTemplates(filter?: {
    name?: string;
    status?: string;
  }): AsyncIterable<Result<Template, GraphFailure>>;
  getTemplate(id: string): Promise<Result<Template, GraphFailure>>;
  deleteTemplate(p: { name: string; id?: string }): Promise<Result<void, GraphFailure>>;
  numberInfo(): Promise<Result<NumberInfo, GraphFailure>>;
  callingSettings(): Promise<Result<CallingSettings, GraphFailure>>;
  callPermission(waId: string): Promise<Result<CallPermissionInfo, GraphFailure>>;
  tokenInfo(): Promise<Result<TokenInfo, GraphFailure>>;
}

/** A sender's line to Meta. */
export type GraphStation = MessageSender & GraphAdmin & { close(): Promise<void> };
