/**
 * An unkind Graph API on loopback: checks as strictly as Meta, fails as networks do, and keeps its
 * own record of whom it was asked to ask. `callpermit/simulator` for tests of other services.
 */
export type { Change, ScheduleEntry } from './changes.ts';
export type { FaultEffect, FaultRule } from './faults.ts';
export { checkProfile, loadProfile } from './load-profile.ts';
export type { AskedTwice, PersonFigures } from './person-counter.ts';
export {
  type GivenTemplate,
  SIMULATOR_DEFAULTS,
  type SimulatorProfile,
  type SimulatorProfileInput,
} from './profile.ts';
export type { RateFigures } from './rate-meter.ts';
export type { PostedParameter, RecordFilter, RequestRecord } from './record.ts';
export { readRecordFile } from './record-file.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
export type { SimulatorStats } from './stats.ts';
export type { AnswerStatus, Delivery, PersonStanding } from './webhooks/book.ts';
export type { WebhookStats } from './webhooks/counts.ts';
export type { Happening } from './webhooks/happening.ts';
export { parentUserIdOf, userIdOf, waIdOfUserId } from './webhooks/user-id.ts';
