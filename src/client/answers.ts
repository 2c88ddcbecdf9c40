/** What a client answers, whichever way it works. */
import type { TakenOptOuts } from '../campaign/take-opt-outs.ts';
import type { CampaignState, CampaignSummary } from '../core/campaign.ts';
import type { EventOf, ToldEvent } from '../core/events/event-data.ts';
import type { EventType } from '../core/events/event-types.ts';
import type { ForecastFigures } from '../core/pace/forecast.ts';
import type { RefusedLine } from '../core/people/recipient.ts';
import type { BookState, Suppression } from '../core/ports/index.ts';

/** What became of a list. */
export interface Enqueued {
  /** The campaign's id; of a dry run over HTTP empty, for nothing stays. */
  readonly id: string;
  readonly state: CampaignState;
  /** `false` where the idempotency key was known. */
  readonly created: boolean;
  /** People that will be asked; those of an earlier call with the same key are not counted again. */
  readonly added: number;
  /** Numbers that stood in the list before. */
  readonly doubles: number;
  /** Lines that cannot be asked. */
  readonly refused: number;
  /** The first hundred of those. */
  readonly refusedLines: readonly RefusedLine[];
  /** What was found that does not stop it. */
  readonly warnings: readonly string[];
  /** Nobody will be asked, and no campaign of this id stays. */
  readonly dryRun?: true;
  /** What is expected of it, where that can be told; of a dry run, what it was for. */
  readonly forecast?: ForecastFigures;
}

/** A campaign: what it was made with, how it stands, and its people by state. Times are Dates. */
export type ClientCampaign = Omit<
  CampaignSummary,
  // How the template is filled is the ledger's own affair, and keys are their owners'.
  | 'parameterFormat'
  | 'headerParameters'
  | 'bodyParameters'
  | 'startWhenIn'
  | 'idempotencyKey'
  | 'maxErrors'
>;

/** A campaign that goes on. */
export interface ResumedClientCampaign extends ClientCampaign {
  /** Senders whose queue did not answer: where somebody paused it in the dashboard, nobody is asked. Repeat it then. */
  readonly stuckQueues: readonly string[];
}

/** A person in the permission book of one sender. Times are ISO 8601 in UTC. */
export interface PermissionResult {
  /** Phone number id. */
  readonly sender: string;
  /** Your own name for the person, of the last request to them. */
  readonly reference: string | null;
  /** The number of now, or the user id where no number is known. */
  readonly to: string;
  readonly wa_id: string | null;
  /** Meta's id of the person for this business (`US.1349`). */
  readonly user_id: string | null;
  readonly state: BookState;
  /** This sender may call them now: `temporary` or `permanent`. */
  readonly may_call: boolean;
  readonly since: string | null;
  /** Until when they may be called, can answer, or are not asked again, by state; `null`: without an end. */
  readonly until: string | null;
  /** How it is known: `answer`, `profile`, `query`, ... */
  readonly source: string | null;
  /** Of the last request to them. */
  readonly campaign: string | null;
}

/** What is known of one person. */
export interface PersonPermissions {
  /** The number in E.164, or the user id. */
  readonly to: string;
  /** Where they are on the opt-out list: nobody asks them. Who may call them may go on to. */
  readonly opt_out: {
    readonly source: Suppression['source'];
    readonly reason: string | null;
    readonly added_at: string;
  } | null;
  /** With each sender that knows them; empty of whom nothing is known. */
  readonly permissions: readonly PermissionResult[];
  /** As far as webhooks told. */
  readonly calls: readonly {
    readonly sender: string;
    /** Of 100 that Meta allows in 24 hours. */
    readonly connected_day: number;
    /** In a row; the fourth takes the permission back. */
    readonly unanswered: number;
  }[];
}

/** What became of opt-outs. */
export type Suppressed = TakenOptOuts;

/** Who is asked again. */
export interface Retried {
  /** The campaign's id. */
  readonly id: string;
  /** One that was completed runs again. */
  readonly state: CampaignState;
  /** How many are asked again by this call. */
  readonly retried: number;
  /** `false` where the service was stopped before the end of a long list: repeat the call then. */
  readonly whole: boolean;
}

/** The event that a listener of `type` hears. */
export type EventFor<T extends EventType | '*'> = T extends EventType ? EventOf<T> : ToldEvent;

/** A listener at work. */
export interface Subscription {
  /**
   * Resolves once it listens: what happens from then on is told. Rejects where it never will, like with a key that is
   * refused.
   */
  readonly ready: Promise<void>;
  /** Where it is: `after` of a later subscription that is to go on behind the last event that was told. */
  readonly lastEventId: string | undefined;
  /** Resolves when nothing more is told: it was closed, its client was, or it could not go on (`onError` was told). */
  readonly ended: Promise<void>;
  /** Nothing more is told; a listener that is at work ends its work. May be called from within it. */
  close(): void;
}
