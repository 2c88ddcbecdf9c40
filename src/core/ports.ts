/**
 * The stations of the road as the use cases (`src/campaign`) see them, in the order a recipient
 * meets them. Each port is implemented by one station folder; `src/wiring.ts` puts them together.
 */
export type {
  AddedLines,
  CampaignProgress,
  CampaignStore,
  ForecastInput,
  ForecastSender,
  InParts,
  IntakeStore,
  ListTerms,
  Loading,
  LoadingHold,
  NewCampaign,
  ReasonCount,
} from './ports/campaigns.ts';
export type { Clock } from './ports/clock.ts';
export type {
  AppliedStatus,
  EvidenceStore,
  StatusEvent,
  UncertainCheck,
} from './ports/evidence.ts';
export type { GraphAdmin, GraphStation, MessageSender } from './ports/meta.ts';
export type {
  PeopleStore,
  Permission,
  Suppression,
} from './ports/people.ts';
export type { JobEnd, QueueStation, QueueWorker } from './ports/queue.ts';
export type {
  ClaimAnswer,
  ClaimedRequest,
  ClaimRef,
  QueueJob,
  RecordAnswer,
  RecordEntry,
  RoadStore,
  TurnedAway,
  WorkEvent,
} from './ports/road.ts';
export type { SenderStatus, SenderStore } from './ports/senders.ts';
export type { SilenceStore, Standing } from './ports/silence.ts';
export type { Leftover, Spool, SpoolFile } from './ports/spool.ts';
