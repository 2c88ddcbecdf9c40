/** The names of what is told to others. Apart from their schemas, so that a sender needs no zod for them. */

/** Types of events, in the order they are shown. */
export const EVENT_TYPES = [
  'request.accepted',
  'request.rejected',
  'request.uncertain',
  'request.settled',
  'request.delivered',
  'request.read',
  'request.failed',
  'permission.granted',
  'permission.declined',
  'permission.revoked',
  'permission.expiring',
  'campaign.started',
  'campaign.paused',
  'campaign.completed',
  'campaign.cancelled',
  'template.changed',
  'sender.paused',
  'sender.resumed',
] as const;

/** The type of an event. */
export type EventType = (typeof EVENT_TYPES)[number];

/** Whether a text is one of them. */
export function isEventType(text: string): text is EventType {
  return (EVENT_TYPES as readonly string[]).includes(text);
}

/** How far an event is with those who are told: to all of them, not yet, or given up with one. */
export const EVENT_STATES = ['pending', 'delivered', 'dead'] as const;

/** See {@link EVENT_STATES}. */
export type EventState = (typeof EVENT_STATES)[number];

/** The queue that events are added to as jobs, where that is switched on; on Redis under BullMQ's own prefix. */
export const EVENTS_QUEUE = 'callpermit-events';
