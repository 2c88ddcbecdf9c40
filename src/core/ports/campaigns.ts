/** The ports to campaigns in the ledger, and to the lines of their lists. */
import type {
  Campaign,
  CampaignSpec,
  CampaignState,
  CampaignSummary,
  PauseReason,
  ShownState,
} from '../campaign.ts';
import type { ListLine, Recipient, RefusedLine } from '../people/recipient.ts';
import type { Problem } from '../problem.ts';
import type { Counts, RequestResult, RequestState } from '../request.ts';
import type { Result } from '../result.ts';

/** What a campaign is made with, and what came in one piece with it. */
export interface NewCampaign extends CampaignSpec {
  /** SHA-256 of the body in hex, where the list came in it; left out where the list is a stream. */
  readonly bodySha256?: string;
}

/** How work on a long list is done a part at a time. */
export interface InParts {
  /** Hears after each part how many people were changed, and how many rows of the list looked at, so far. */
  onProgress?: (done: { readonly changed: number; readonly looked: number }) => void;
  /** Ends it after the part under way. */
  signal?: AbortSignal;
}

/** Which campaigns of a list are meant; all of it has to fit. */
export interface CampaignFilter {
  /** `running` are the scheduled ones too. */
  readonly states?: readonly ShownState[];
  /** Stands in its name, in capitals or not. */
  readonly name?: string;
  readonly template?: string;
  /** Made then or later. */
  readonly since?: Date;
}

/** A campaign in a list of them. */
export interface ListedCampaign extends CampaignSummary {
  /** Where it stands: its `createdAt` in microseconds since the epoch, which two of them may share. */
  readonly place: number;
}

/** Campaigns in the ledger. */
export interface CampaignStore {
  /**
   * Makes a campaign in state `loading`, or finds the one with the same idempotency key.
   * The same key with another spec or body is a `Problem` (`IDEMPOTENCY_MISMATCH`).
   */
  create(spec: NewCampaign): Promise<Result<{ campaign: Campaign; created: boolean }, Problem>>;
  get(id: string): Promise<CampaignSummary | undefined>;
  /** What these are called; those without a name are left out. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Campaigns without those of a single request, the newest first. */
  list(
    p: CampaignFilter & {
      limit: number;
      /** The last one of the page before: only what follows it. */
      after?: Pick<ListedCampaign, 'place' | 'id'>;
    },
  ): Promise<readonly ListedCampaign[]>;
  /** Counts by state only: what a progress bar polls. */
  progress(id: string): Promise<CampaignProgress | undefined>;
  /**
   * Moves a campaign if it is in one of the `from` states; `undefined` when there is no such
   * campaign, else the state it is in afterwards. It completes only with nothing open. Cancelling takes
   * everybody along who is not sent, a part of them at a time; a process that dies between leaves the rest to
   * the sweep.
   */
  transition(
    p: {
      id: string;
      from: readonly CampaignState[];
      to: CampaignState;
      reason?: PauseReason;
    } & InParts,
  ): Promise<{ moved: boolean; state: CampaignState } | undefined>;
  /**
   * Hands a campaign that its sender's fault paused to another sender, where nobody can have been
   * asked by its own (a wrong id); gives whether it was.
   */
  reassign(p: { id: string; senderId: string }): Promise<boolean>;
  /** Requests grouped by what became of them and why. */
  reasons(id: string): Promise<readonly ReasonCount[]>;
  /** What a forecast is worked out from; `undefined` when there is no such campaign. */
  forecast(id: string): Promise<ForecastInput | undefined>;
  /** What became of each recipient, by row; flat memory. */
  results(p: { id: string; states?: readonly RequestState[] }): AsyncIterable<RequestResult>;
  refusedLines(id: string): AsyncIterable<RefusedLine>;
}

/** What would become of a campaign's waiting people from now on, before rate and budget. */
export interface ForecastInput {
  /** The ledger's time, ms since the epoch. */
  readonly nowMs: number;
  readonly weight: number;
  /** People who would be asked, by sender and the time from which on they may be. */
  readonly asks: readonly {
    readonly senderId: string;
    readonly atMs: number;
    readonly n: number;
  }[];
  /** People who would not be asked, by reason. */
  readonly skips: readonly { readonly reason: string; readonly n: number }[];
  readonly senders: readonly ForecastSender[];
}

/** One sender of a campaign as a forecast sees it. */
export interface ForecastSender {
  readonly senderId: string;
  /** Messages a second in force. */
  readonly rate: number;
  /** Living processes; without any, `rate` is what the last one left. */
  readonly processes: number;
  readonly closed: boolean;
  /** Other campaigns at work on it: their weight, and people due. */
  readonly others: readonly { readonly weight: number; readonly n: number }[];
  /** Of its portfolio: people left today, and when how many places free. */
  readonly budget: {
    readonly portfolio: string;
    readonly limit: number;
    readonly remaining: number;
    readonly frees: readonly { readonly atMs: number; readonly n: number }[];
  } | null;
}

/** So many requests of a campaign ended, or wait, for the same reason. */
export interface ReasonCount {
  readonly state: RequestState;
  readonly count: number;
  readonly errorCode: number | null;
  readonly reason: string | null;
  /** One of the messages, where they differ. */
  readonly message: string | null;
  readonly advice: string | null;
  /** They were refused, and asking them again brings the same answer, as a rule. */
  readonly isLasting: boolean;
  /** The most tries any of them had. */
  readonly attempts: number;
  /** When the first of them is due again, or is checked; `null` also where that is now. */
  readonly nextAt: Date | null;
}

/** What a progress bar shows. */
export interface CampaignProgress {
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly counts: Counts;
  readonly refusedLines: number;
  /** The earliest time ahead at which an open request has something to do; `null` when none waits for its time. */
  readonly nextDueAt: Date | null;
  /** Open requests with nothing to do within the next five minutes (waits, checks of uncertain ones). */
  readonly later: number;
  /** Those of them that are uncertain: they are not sent again, Meta is asked whether they went out. */
  readonly laterChecks: number;
  /** Uncertain requests whose check is still to come: the others are final. */
  readonly uncertainOpen: number;
  /** The daily budget of its senders is used up; `null` while it is not. */
  readonly budgetWait: {
    readonly portfolio: string;
    readonly limit: number;
    readonly freesAt: Date | null;
  } | null;
}

/** A campaign whose list is read, and who reads it. */
export interface Loading {
  readonly campaignId: string;
  /** Another id for each load, also of one process. */
  readonly loader: string;
}

/** How a campaign stands to a loader that wants to hold it. */
export interface LoadingHold {
  readonly held: boolean;
  readonly state: CampaignState;
  /** Of the list that is in; `null` while none is. */
  readonly listSha256: string | null;
  readonly terms: ListTerms;
}

/** What a campaign says of each of its lines. */
export interface ListTerms {
  /** One person, ahead of every list. */
  readonly single: boolean;
  readonly startAt: Date | null;
  readonly expireAt: Date | null;
}

/**
 * The intake side of the ledger. One loader at a time holds a `loading` campaign: each of its writes
 * renews that for 15 s by the ledger's clock, and one that lost it is refused with a `Problem`.
 */
export interface IntakeStore {
  /** Whether this process may write lines: where people were forgotten, it needs the key. */
  admit(): Promise<Result<void, Problem>>;
  /** Takes hold, unless another loader lives; `undefined` when there is no such campaign. */
  hold(p: Loading): Promise<LoadingHold | undefined>;
  /** Removes the lines that an earlier load left. */
  clear(p: Loading): Promise<Result<void, Problem>>;
  /**
   * Writes lines; none of their rows is there yet. Batches of one load are written in the order in which
   * they are handed in, each after the one before: the next may be handed in while one is on its way.
   */
  addLines(
    p: Loading & {
      readonly terms: ListTerms;
      /** All of the campaign's; a line that names none goes to the first. */
      readonly senderIds: readonly string[];
      readonly language: string;
      readonly lines: readonly ListLine[];
    },
  ): Promise<Result<AddedLines, Problem>>;
  /** Skips each line whose number stands in an earlier one, as the end does; how many there are. */
  skipDoubles(p: Loading): Promise<Result<number, Problem>>;
  /** Skips doubles, remembers the list's fingerprint, moves `loading` to `draft`, and lets go; how many doubles there are. */
  finishLoading(
    p: Loading & {
      readonly listSha256: string;
      /** All lines of the list that were written, refused ones too. */
      readonly lines: number;
      /** Refused ones beside them that are counted and not kept. */
      readonly unkept?: number;
      /**
       * Not where another campaign had the same list for the same template and sender within seven days, and
       * was not cancelled: that is a `Problem` (`LIST_AGAIN`). A list of one line is a list of its own.
       */
      readonly unlessAsked?: boolean;
      /** What fills the template, of a campaign that was made without a look at it. */
      readonly columns?: ListColumns | undefined;
    },
  ): Promise<Result<number, Problem>>;
  /** Lets go without an end; what is in stays until the next load clears it. */
  letGo(p: Loading): Promise<void>;
  /** Removes a campaign whose list was refused whole, with its lines. */
  discard(p: Loading): Promise<Result<void, Problem>>;
  /**
   * A campaign of one person, made, read in and started at once; gives its id. `undefined`: it was not made, and what a
   * list takes step by step says why (its idempotency key is taken, say).
   */
  makeSingle(p: NewSingle): Promise<string | undefined>;
}

/** One person, to be asked now. */
export interface NewSingle {
  /** Of one sender. */
  readonly spec: NewCampaign;
  readonly recipient: Recipient;
  readonly listSha256: string;
}

/** Which columns of a list fill a template. */
export interface ListColumns {
  readonly headerParameters: readonly string[];
  readonly bodyParameters: readonly string[];
}

/** What one batch of lines came to; doubles are among those added, until the list is in. */
export interface AddedLines {
  readonly added: number;
  readonly refused: number;
}
