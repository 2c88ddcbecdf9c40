/** `callpermit/http`: the HTTP client alone. It loads no database, queue or server of callpermit's. */
export type { RequestedOne } from '../../campaign/request-one.ts';
export type { Campaign, CampaignState, PauseReason } from '../../core/campaign.ts';
export type * from '../../core/events/event-data.ts';
export { EVENT_TYPES, type EventType } from '../../core/events/event-types.ts';
export {
  InfrastructureError,
  type Problem,
  type ProblemCode,
  ProblemError,
} from '../../core/problem.ts';
export type { Counts, RequestResult, RequestState } from '../../core/request.ts';
export type * from '../answers.ts';
export type { Client } from '../client.ts';
export type * from '../input.ts';
export { createHttpClient } from './create-http-client.ts';
