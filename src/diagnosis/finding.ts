/** One thing that a diagnosis found. */
import type { Config } from '../config/config.ts';
import { given } from '../core/given.ts';
import { PROBLEMS, type ProblemCode } from '../core/problem.ts';
import type { Shown } from '../core/shown-problem.ts';

/** What can be found beside the problems that everything else has too, each with a code of its own for programs. */
export type FindingCode =
  | 'SETTINGS_READ'
  | 'NOT_LOOKED_AT'
  | 'NO_ANSWER_IN_TIME'
  // database, queue, clocks, disk
  | 'DATABASE_READY'
  | 'DATABASE_UNTESTED'
  | 'QUEUE_READY'
  | 'QUEUE_FULL'
  | 'QUEUE_AT_RISK'
  | 'QUEUE_PAUSED'
  | 'CLOCKS_AGREE'
  | 'CLOCKS_DIFFER'
  | 'CLOCK_MOVED'
  | 'DISK_ROOM'
  | 'DISK_LOW'
  | 'DISK_FULL'
  | 'OUTCOMES_WAIT'
  | 'SPOOL_UNREADABLE'
  // who may log in
  | 'NO_USERS'
  | 'USERS_CAN_LOG_IN'
  // webhooks, and what Meta told by them
  | 'WEBHOOK_SECRET_MISSING'
  | 'WEBHOOK_TOKEN_MISSING'
  | 'WEBHOOKS_SEEN'
  | 'WEBHOOKS_MISSED'
  | 'WEBHOOKS_WAIT'
  | 'WEBHOOKS_REFUSED'
  | 'WEBHOOKS_UNREAD'
  | 'WEBHOOKS_OF_OTHERS'
  | 'WEBHOOK_WORDS_UNKNOWN'
  | 'SENDER_NEWS'
  | 'TEMPLATE_NEWS'
  // what Meta answers
  | 'TOKEN_VALID'
  | 'TOKEN_NOT_ASKED'
  | 'TOKEN_INVALID'
  | 'TOKEN_SCOPES'
  | 'NUMBER_READY'
  | 'NUMBER_BLOCKED'
  | 'NUMBER_HEALTH'
  | 'COUNTRY_DOUBTFUL'
  | 'COUNTRY_REFUSED'
  | 'CALLING_ENABLED'
  | 'CALLING_NOT_ASKED'
  | 'CALLING_OFF'
  | 'CALLING_RESTRICTED'
  | 'TEMPLATE_READY';

/** One line of the diagnosis. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly code: FindingCode | ProblemCode | 'INTERNAL';
  readonly level: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do where it is not `ok`. */
  readonly next?: string;
  /** It is out of reach rather than wrong: exit code 4. */
  readonly unreachable?: true;
  /** Whose it is, where there are several. */
  readonly sender?: string;
}

/** A problem as a finding. */
export function failed(check: string, shown: Shown): Finding {
  const { code, message, next } = shown;
  const isAway = code !== 'INTERNAL' && PROBLEMS[code].exit === 4;
  return {
    ...{ check, code, level: 'fail', message },
    ...given({ next }),
    ...(isAway ? { unreachable: true } : {}),
  };
}

/** The settings, which could be read. */
export function settingsFinding(config: Config): Finding {
  const ids = config.senders.map((s) => s.phoneNumberId).join(', ');
  const message = `Read; Graph API ${config.graphBaseUrl}, sender ${ids || 'none'}.`;
  return { check: 'settings', code: 'SETTINGS_READ', level: 'ok', message };
}

/** All well, or warnings only. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'fail');
}
