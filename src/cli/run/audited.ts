/**
 * Commands that change something are in the audit log: which they are stands here, and what opens the ledger for them
 * (`withApp`) writes them down as they end.
 */
import { hostname, userInfo } from 'node:os';
import type { Action, AuditStore } from '../../core/ports/index.ts';
import { PROBLEMS, ProblemError } from '../../core/problem.ts';
import { withoutSecrets } from '../../core/secret-text.ts';
import type { Logger } from '../../telemetry/log.ts';
import { maskNumbers } from '../../telemetry/mask-numbers.ts';

/** To what a command does something: what it is given first, the people it is given, or what itself tells (`at`). */
type To = 'first' | 'people' | 'told';

const CHANGING: Readonly<Record<string, To>> = {
  send: 'told',
  enqueue: 'told',
  request: 'told',
  'campaign start': 'first',
  'campaign pause': 'first',
  'campaign resume': 'first',
  'campaign cancel': 'first',
  'campaign retry': 'first',
  'campaign settle': 'first',
  'suppress add': 'people',
  'suppress remove': 'people',
  'suppress import': 'told',
  'permissions check': 'people',
  // Whom, is what nobody is to know any more.
  forget: 'told',
  'template create': 'told',
  'template delete': 'first',
  'webhook setup': 'told',
  'webhook remove': 'told',
  'events replay': 'told',
  'events subscriptions add': 'told',
  'events subscriptions remove': 'first',
  'key create': 'first',
  'key revoke': 'first',
  'user add': 'first',
  'user role': 'first',
  'user password': 'first',
  'user disable': 'first',
  'user enable': 'first',
  'user remove': 'first',
  'user sessions': 'first',
  'clock advance': 'told',
};

/** Whether a command is one that changes something, and is not written down yet. */
export function isToRecord({ what, isSettled }: Acting): boolean {
  return CHANGING[what] !== undefined && isSettled !== true;
}

/** A command as it runs: what of it the audit log is to know. */
export interface Acting {
  /** Its words, like `campaign pause`. */
  what: string;
  first?: string | undefined;
  /** In E.164, or user ids. */
  people?: readonly string[];
  /** To what, where only the command knows. */
  at?: string;
  /** It only looked, or was written down already. */
  isSettled?: boolean;
}

/**
 * Writes a command down, once, if it is one that changes something. What cannot be written is told and no failure: what was
 * done is done.
 * @param error what it threw, if it did
 */
export async function recordCommand(
  {
    acting,
    terminal,
  }: { readonly acting: Acting; readonly terminal: { note(line: string): void } },
  {
    ledger,
    log,
  }: { readonly ledger: { readonly audit: Pick<AuditStore, 'record'> }; readonly log: Logger },
  error?: unknown,
): Promise<void> {
  const to = CHANGING[acting.what];
  if (to === undefined || !isToRecord(acting)) return;
  acting.isSettled = true;
  const { what } = acting;
  try {
    await ledger.audit.record({
      ...{ actor: { kind: 'command', name: operatorName() }, what, outcome: outcomeOf(error) },
      ...whomOf(to, acting),
    });
  } catch (cause) {
    log.debug({ err: cause }, 'audit log');
    terminal.note('The command could not be written into the audit log; what it did is done.');
  }
}

function whomOf(to: To, { first, people = [], at }: Acting): Pick<Action, 'target' | 'person'> {
  if (to === 'first') return { target: first === undefined ? undefined : masked(first) };
  if (to === 'told') return { target: at === undefined ? undefined : masked(at) };
  const [one, ...more] = people;
  if (one === undefined) return {};
  return more.length > 0
    ? { target: `${people.length} people` }
    : { person: one.replace(/^\+/, '') };
}

function masked(text: string): string {
  return maskNumbers(withoutSecrets(text.slice(0, 200)), new Set());
}

function outcomeOf(error: unknown): Action['outcome'] {
  if (error === undefined) return 'done';
  const isRefusal = error instanceof ProblemError && PROBLEMS[error.problem.code].http < 500;
  return isRefusal || error instanceof AggregateError ? 'refused' : 'failed';
}

/** Who runs it, as far as this machine knows; in a container there may be no name. */
function operatorName(): string {
  let user = `uid ${process.getuid?.() ?? '?'}`;
  try {
    user = userInfo().username;
  } catch {}
  return `command line of ${user}@${hostname()}`;
}
