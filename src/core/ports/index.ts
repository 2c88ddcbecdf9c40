/**
 * The ports: what the use cases (`src/campaign`, `src/sending`, `src/replies`) see of the outside, in the order a
 * recipient meets it. One adapter folder implements each; `src/wiring.ts` puts them together.
 */
export {
  ACTOR_KINDS,
  type Action,
  type Actor,
  type AuditEntry,
  type AuditStore,
  OUTCOMES,
} from './audit.ts';
export type {
  AddedLines,
  CampaignProgress,
  CampaignStore,
  ForecastInput,
  ForecastSender,
  InParts,
  IntakeStore,
  ListColumns,
  ListTerms,
  Loading,
  LoadingHold,
  NewCampaign,
  NewSingle,
  ReasonCount,
} from './campaigns.ts';
export type { Clock } from './clock.ts';
export type {
  EventEnd,
  EventQueuePort,
  EventStore,
  EventSubscription,
  ListedEvent,
  StoredEvent,
  SubscriptionStanding,
  TakenEvent,
} from './events.ts';
export type {
  AppliedStatus,
  AppliedWaiting,
  EvidenceStore,
  StatusError,
  StatusEvent,
  UncertainCheck,
} from './evidence.ts';
export type {
  AnswerFigure,
  FiguresStore,
  PermissionFigure,
  RequestFigure,
  SenderFigure,
} from './figures.ts';
export type { ForgetOptions, ForgettingStore, Forgotten } from './forgetting.ts';
export type {
  DeliveryPlace,
  HistoryStore,
  KeptRequest,
  KeptTry,
} from './histories.ts';
export type { IntakeEnd, IntakeJob, IntakeQueuePort, IntakeWorker } from './intake-jobs.ts';
export type { ApiKey, KeyStore } from './keys.ts';
export type {
  ListFormat,
  ListIntake,
  ListRules,
  ListSource,
  OpenList,
} from './lists.ts';
export type { GraphAdmin, GraphPort, MessageSender } from './meta.ts';
export type {
  PeopleStore,
  Suppression,
} from './people.ts';
export type {
  AnswerTimeCount,
  BookEntry,
  BookFilter,
  BookPage,
  BookPlace,
  BookState,
  CallStanding,
  HistoryEntry,
  PermissionBook,
} from './permission-book.ts';
export type { BatchJob, BatchTaker, JobEnd, QueuePort, QueueWorker } from './queue.ts';
export type {
  AccountNews,
  Answer,
  CallFact,
  FunnelCount,
  LinkedNames,
  NameChange,
  ReplyStore,
  TemplateNews,
} from './replies.ts';
export type {
  FoundRequest,
  FoundRequests,
  LookUpPlace,
  RequestStore,
  WaitingPlace,
} from './requests.ts';
export type { SenderStatus, SenderStore } from './senders.ts';
export type {
  BatchToClaim,
  ClaimAnswer,
  ClaimedRequest,
  ClaimRef,
  FedBatch,
  QueuedRow,
  RecordAnswer,
  RecordEntry,
  SendingStore,
  UnclaimedRow,
  WorkEvent,
} from './sending.ts';
export type { SilenceStore, Standing } from './silence.ts';
export type { Leftover, Spool, SpoolEraser, SpoolFile } from './spool.ts';
export type { FoundSession, User, UserSession, UserStore } from './users.ts';
export type {
  StoredDelivery,
  UnreadPart,
  WebhookCount,
  WebhookStanding,
  WebhookStore,
  WebhookTally,
} from './webhooks.ts';
