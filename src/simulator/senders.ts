/** Business numbers as they stand now: what the profile said, changed by schedule and controls. */

import { given } from '../core/given.ts';
import type { SenderProfile, SimulatorProfile } from './profile.ts';
import { RateMeter } from './rate-meter.ts';
import type { UsageHeader } from './schemas.ts';
import { SlidingWindow } from './sliding-window.ts';

/** One business number. */
export interface Sender {
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
  /** Digits. */
  readonly number: string;
  readonly verifiedName: string;
  messagesPerSecond: number;
  calling: 'ENABLED' | 'DISABLED';
  readonly callsSubscribed: boolean;
  restriction: Restriction | undefined;
  /** What every send is refused with, e.g. 131031. */
  blockedBy: number | undefined;
  readonly messagingLimit: string;
  readonly quality: string;
  readonly allowlist: ReadonlySet<string> | undefined;
  readonly pairLimit: { readonly perDay: number; readonly perWeek: number };
  usage: UsageHeader;
  /** Sends that passed the rate, in the last second. */
  readonly passed: SlidingWindow;
  /** `call_permissions` queries in the last second. */
  readonly queries: SlidingWindow;
  readonly meter: RateMeter;
}

/** A restriction of calling; `expiresAt` in milliseconds since the epoch. */
export interface Restriction {
  readonly type: string;
  readonly reason?: string;
  readonly expiresAt?: number;
}

/** A restriction that begins at `now`. */
export function restrictionFrom(
  profiled: NonNullable<SenderProfile['restriction']>,
  now: number,
): Restriction {
  return {
    type: profiled.type,
    ...given({
      reason: profiled.reason,
      expiresAt: profiled.expiresInMs === undefined ? undefined : now + profiled.expiresInMs,
    }),
  };
}

/** The sender of one entry of the profile. */
export function createSender(
  profiled: SenderProfile,
  profile: SimulatorProfile,
  now: number,
): Sender {
  return {
    phoneNumberId: profiled.phoneNumberId,
    businessAccountId: profiled.businessAccountId,
    number: profiled.displayPhoneNumber,
    verifiedName: profiled.verifiedName,
    messagesPerSecond: profiled.messagesPerSecond ?? profile.messagesPerSecond,
    calling: profiled.calling,
    callsSubscribed: profiled.callsSubscribed,
    restriction:
      profiled.restriction === undefined ? undefined : restrictionFrom(profiled.restriction, now),
    blockedBy: profiled.blockedBy,
    messagingLimit: profiled.messagingLimit,
    quality: profiled.quality,
    allowlist: profiled.allowlist === undefined ? undefined : new Set(profiled.allowlist),
    pairLimit: profiled.pairLimit ?? profile.pairLimit,
    usage: profile.usageHeader,
    passed: new SlidingWindow(1000),
    queries: new SlidingWindow(1000),
    meter: new RateMeter(),
  };
}

/** The restriction in force at `now`, if any. */
export function activeRestriction(sender: Sender, now: number): Restriction | undefined {
  const { restriction } = sender;
  if (restriction?.expiresAt !== undefined && restriction.expiresAt <= now) return undefined;
  return restriction;
}

/** Country codes whose business numbers may not call and hence not ask. */
const COUNTRIES_WITHOUT_CALLING = ['1', '90', '20', '84', '234'] as const;

/** Whether the number's country allows business-initiated calling. */
export function countryAllowsCalling(sender: Sender): boolean {
  return !COUNTRIES_WITHOUT_CALLING.some((code) => sender.number.startsWith(code));
}

/** `x-business-use-case-usage` as Meta sends it, keyed by WABA; `undefined` when off. */
export function usageHeaders(
  sender: Sender,
  monotonicMs: number,
): Record<string, string> | undefined {
  const { usage } = sender;
  if (usage === 'off') return undefined;
  const percent =
    usage === 'rate'
      ? Math.round((100 * sender.passed.count(monotonicMs)) / sender.messagesPerSecond)
      : usage.percent;
  const entry = {
    type: 'whatsapp',
    call_count: percent,
    total_cputime: Math.min(percent, 25),
    total_time: Math.min(percent, 25),
    estimated_time_to_regain_access: usage === 'rate' ? 0 : usage.regainMinutes,
  };
  return { 'x-business-use-case-usage': JSON.stringify({ [sender.businessAccountId]: [entry] }) };
}
