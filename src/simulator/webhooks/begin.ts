/** Sets a new world going: reviews that tell, a schedule with its times, and what an earlier process accepted. */
import { applyDue } from '../apply-change.ts';
import type { ScheduleEntry } from '../changes.ts';
import type { World } from '../world.ts';
import { letHappen } from './fate.ts';
import { tellTemplateStatus } from './news.ts';

/** To be called once for a world. */
export function beginWebhooks(world: World): void {
  world.templates.onReviewed = (template) => tellTemplateStatus(world, template);
  armSchedule(world, world.profile.schedule);
  if (!world.webhooks.isActive) return;
  for (const record of world.log.records({ outcome: 'accepted' })) {
    const sender = world.senders.get(record.phoneNumberId);
    const template = world.templates.find(
      sender?.businessAccountId ?? '',
      record.template ?? '',
      record.language ?? '',
    );
    void letHappen(world, record, template, true);
  }
}

/** Adds to the schedule. */
export function addToSchedule(world: World, entries: readonly ScheduleEntry[]): void {
  world.schedule.add(entries);
  armSchedule(world, entries);
}

/** Moves the calendar, and lets happen what is due by then. */
export function advanceCalendar(world: World, ms: number): void {
  world.clock.advance(ms);
  if (!world.webhooks.isActive) return;
  // Reading them settles their reviews.
  world.templates.all();
  world.webhooks.outbox.wake();
}

/** Without a request to look at it, what is scheduled would be told too late. */
function armSchedule(world: World, entries: readonly ScheduleEntry[]): void {
  if (!world.webhooks.isActive) return;
  const { clock, webhooks, log } = world;
  for (const { atMs } of entries) {
    if (atMs === undefined) continue;
    const due = clock.now() + Math.max(0, Math.ceil(atMs - clock.elapsedMs()));
    webhooks.outbox.call(due, () => applyDue(world, log.arrived));
  }
}
