/**
 * callpermit for Node programs: hand lists over, follow campaigns, read results.
 * To read how sending works, begin with `src/core/ports/index.ts`, then ARCHITECTURE.md.
 */

// campaign
export type { HandOverOptions } from './campaign/hand-over-options.ts';
export type { RequestedOne } from './campaign/request-one.ts';
// client
export type * from './client/answers.ts';
export type { Client } from './client/client.ts';
export { createHttpClient } from './client/http/create-http-client.ts';
export type * from './client/input.ts';
export { createClient } from './client/ledger/create-client.ts';

// core
export type { Campaign, CampaignState, CampaignSummary, PauseReason } from './core/campaign.ts';
export type * from './core/events/event-data.ts';
export {
  EVENT_TYPES,
  EVENTS_QUEUE,
  type EventState,
  type EventType,
} from './core/events/event-types.ts';
export type { ForecastFigures } from './core/pace/forecast.ts';
export type { RefusedLine } from './core/people/recipient.ts';
export {
  InfrastructureError,
  type Problem,
  type ProblemCode,
  ProblemError,
} from './core/problem.ts';
export type { Counts, RequestResult, RequestState } from './core/request.ts';
export type { RequestStanding, WaitsFor } from './core/single-request.ts';
