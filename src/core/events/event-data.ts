/**
 * An event as programs are handed it, in plain types: `event.ts` has the same as schemas, which need zod, and who only
 * listens should not have to install its types. `test/events/types.test.ts` holds the two together.
 */
import type { CampaignState, PauseReason } from '../campaign.ts';
import type { RequestState } from '../request.ts';
import type { EventType } from './event-types.ts';

/** Whose event it is, and of which request. */
interface OfPerson {
  /** The number as it was given; null where only a user id is known. */
  to: string | null;
  /** Meta's id of the person for this business. */
  userId: string | null;
  /** Your own name for the person, as it was handed in. */
  reference: string | null;
  /** Null of a single request. */
  campaignId: string | null;
  /** The id that `request` answered; null of a line of a list. */
  requestId: string | null;
  /** The line of the list; null of a single request. */
  row: number | null;
  /** Phone number id of the sender. */
  senderId: string;
}

/** What became of a request. */
export interface RequestEventData extends OfPerson {
  /** Meta's id of the message. */
  wamid: string | null;
  /** State of the request after the change. */
  state: RequestState;
  /** Meta's error code. */
  code: number | null;
  /** Meta's words on it. */
  message: string | null;
  /** Why, in a word of ours, like `pair-limit` or `opted-out`. */
  reason: string | null;
}

/** What a person allows. */
export interface PermissionEventData extends OfPerson {
  /** What the permission book says now. */
  state: 'temporary' | 'permanent' | 'declined' | 'revoked';
  /** End of a temporary permission, ISO 8601 in UTC. */
  until: string | null;
  /** Where it is known from: `answer`, `person`, `automatic`, `query`, ... */
  reason: string;
}

/** How a campaign stands. */
export interface CampaignEventData {
  campaignId: string;
  name: string | null;
  state: CampaignState;
  /** State before: `paused` of a campaign that goes on. */
  was: CampaignState;
  senderIds: string[];
  template: string;
  language: string;
  /** Why it is paused. */
  reason: PauseReason | null;
}

/** News of a template. */
export interface TemplateEventData {
  /** Id of the WhatsApp business account. */
  accountId: string;
  templateId: string | null;
  /** Its name. */
  template: string | null;
  language: string | null;
  /** What changed: `status`, `quality`, `category` of Meta, or `sending` of ours, which is `paused` or `resumed`. */
  what: string;
  value: string;
  reason: string | null;
}

/** How a sender stands. */
export interface SenderEventData {
  /** Phone number id of the sender. */
  senderId: string;
  /** Id of the WhatsApp business account. */
  accountId: string;
  /** Meta's error code. */
  code: number | null;
  reason: string | null;
  /** When it is tried again by itself; null where a person must act. */
  until: string | null;
}

type DataOf<T extends EventType> = T extends `request.${string}`
  ? RequestEventData
  : T extends `permission.${string}`
    ? PermissionEventData
    : T extends `campaign.${string}`
      ? CampaignEventData
      : T extends `template.${string}`
        ? TemplateEventData
        : SenderEventData;

/** An event of one type. */
export interface EventOf<T extends EventType> {
  /** The same at each telling: by it what comes twice is known. */
  id: string;
  /** When it happened, ISO 8601 in UTC; of deliveries and answers by Meta. */
  occurredAt: string;
  type: T;
  data: DataOf<T>;
}

/** Any event: `type` tells which. */
export type ToldEvent = { [T in EventType]: EventOf<T> }[EventType];
