/** What the API answers, as both clients answer it. */
import type { CampaignState, PauseReason, QuietHours } from '../../core/campaign.ts';
import { given } from '../../core/given.ts';
import type { BookState, Suppression } from '../../core/ports/index.ts';
import type { Counts } from '../../core/request.ts';
import type { ClientCampaign, Enqueued, PermissionResult, PersonPermissions } from '../answers.ts';

/** `Campaign` of `/openapi.json`. */
export interface WireCampaign {
  readonly id: string;
  readonly name: string | null;
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly sender: string;
  readonly senders: readonly string[];
  readonly template: string;
  readonly language: string;
  readonly single: boolean;
  readonly weight: number;
  readonly onPairLimit: 'wait' | 'skip';
  readonly includeGranted: boolean;
  readonly includeDeclined: boolean;
  readonly quietHours: QuietHours | null;
  readonly counts: Counts;
  readonly messageStatuses: Readonly<Record<string, number>>;
  readonly refusedLines: number;
  readonly createdAt: string;
  readonly startAt: string | null;
  readonly expireAt: string | null;
  readonly scheduledFor: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

const date = (text: string | null) => (text === null ? null : new Date(text));
const known = <T>(value: T | null) => value ?? undefined;

/** A campaign. */
export function campaignOf(c: WireCampaign): ClientCampaign {
  const { id, state, reason, template, language, counts, messageStatuses, refusedLines } = c;
  const { weight, onPairLimit, includeGranted, includeDeclined } = c;
  return {
    ...{ id, state, reason, template, language, counts, messageStatuses, refusedLines },
    ...{ weight, onPairLimit, includeGranted, includeDeclined },
    ...{ senderId: c.sender, senderIds: c.senders },
    createdAt: new Date(c.createdAt),
    ...{ startedAt: date(c.startedAt), endedAt: date(c.endedAt) },
    scheduledFor: date(c.scheduledFor),
    ...given({
      name: known(c.name),
      single: c.single || undefined,
      startAt: known(date(c.startAt)),
      expireAt: known(date(c.expireAt)),
      quietHours: known(c.quietHours),
    }),
  };
}

type List = Pick<Enqueued, 'added' | 'doubles' | 'refused' | 'refusedLines'>;

/** `MadeCampaign`, or `DryRun`. */
export type WireEnqueued = Pick<Enqueued, 'warnings' | 'forecast'> &
  (
    | (WireCampaign & {
        readonly created: boolean;
        readonly list: List;
        readonly dryRun?: undefined;
      })
    | (List & { readonly dryRun: true })
  );

/** What became of a list. */
export function enqueuedOf(made: WireEnqueued): Enqueued {
  const { added, doubles, refused, refusedLines } = made.dryRun ? made : made.list;
  const { id, state, created } = made.dryRun
    ? ({ id: '', state: 'loading', created: true } as const)
    : made;
  return {
    ...{ id, state, created, added, doubles, refused, refusedLines },
    warnings: made.warnings,
    ...given({ dryRun: made.dryRun, forecast: made.forecast }),
  };
}

/** `Permission`. */
export interface WirePermission {
  readonly sender: string;
  readonly to: string;
  readonly waId: string | null;
  readonly userId: string | null;
  readonly state: BookState;
  readonly mayCall: boolean;
  readonly since: string | null;
  readonly until: string | null;
  readonly source: string | null;
  readonly reference: string | null;
  readonly campaign: string | null;
}

/** A person with one sender. */
export function permissionOf(p: WirePermission): PermissionResult {
  const { sender, reference, to, state, since, until, source, campaign } = p;
  return {
    ...{ sender, reference, to, wa_id: p.waId, user_id: p.userId, state, may_call: p.mayCall },
    ...{ since, until, source, campaign },
  };
}

/** `Person`. */
export interface WirePerson {
  readonly to: string;
  readonly optOut: {
    readonly source: Suppression['source'];
    readonly reason: string | null;
    readonly addedAt: string;
  } | null;
  readonly permissions: readonly WirePermission[];
  readonly calls: readonly {
    readonly sender: string;
    readonly connectedDay: number;
    readonly unanswered: number;
  }[];
}

/** What is known of one person, with one sender or all. */
export function personOf(p: WirePerson, sender: string | undefined): PersonPermissions {
  const { to, optOut } = p;
  const isMeant = (one: { readonly sender: string }) =>
    sender === undefined || one.sender === sender;
  return {
    to,
    opt_out: optOut && {
      ...{ source: optOut.source, reason: optOut.reason, added_at: optOut.addedAt },
    },
    permissions: p.permissions.filter(isMeant).map(permissionOf),
    calls: p.calls.filter(isMeant).map(({ connectedDay, unanswered, ...one }) => ({
      ...{ sender: one.sender, connected_day: connectedDay, unanswered },
    })),
  };
}
