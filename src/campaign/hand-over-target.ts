/** What a list is handed over to: settings, Meta, and the ledger, as ports. */
import type { Config, SenderConfig } from '../config/config.ts';
import { requireAccount, requireSender } from '../config/require.ts';
import type {
  CampaignStore,
  Clock,
  GraphAdmin,
  IntakeStore,
  SenderStore,
} from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';

/** The ports of the ledger that a list goes through. */
export interface HandOverLedger {
  readonly campaigns: CampaignStore;
  readonly intake: IntakeStore;
  readonly senders: SenderStore;
}

/** What is asked of Meta before a list is taken. */
export type Preflighted = Pick<GraphAdmin, 'listTemplates' | 'numberInfo'>;

/** Where a list is handed over. */
export interface HandOverTarget {
  readonly config: Config;
  /**
   * `needed`: each sender must have a token, for this process sends. `asked-for`: only where Meta is looked at.
   * `spared`: a program that only hands lists over has none; without one Meta is not looked at.
   */
  readonly tokens: 'needed' | 'asked-for' | 'spared';
  /** A sender's line to Meta. */
  meta(senderId: string): Promise<Result<Preflighted, Problem>>;
  /** Opened last: a wrong name is told in a second and without a trace. */
  ledger(): Promise<HandOverLedger>;
  readonly clock?: Clock;
}

/** A process that has all of it open. */
export interface HandOverApp {
  readonly config: Config;
  readonly ledger: HandOverLedger;
  graph(senderId: string): Promise<Result<Preflighted, Problem>>;
  /** The machine's by default. */
  readonly clock?: Clock;
}

/** The target of a process that has all of it open. */
export function targetOf(app: HandOverApp, tokens: HandOverTarget['tokens']): HandOverTarget {
  return {
    config: app.config,
    tokens,
    meta: (senderId) => app.graph(senderId),
    ledger: async () => app.ledger,
    ...(app.clock === undefined ? {} : { clock: app.clock }),
  };
}

/** The sender named, or the first one; its token is not asked for. */
export function senderFor(config: Config, id: string | undefined): Result<SenderConfig, Problem> {
  const sender = config.senders.find((s) => id === undefined || s.phoneNumberId === id);
  return sender === undefined ? requireSender(config, id) : ok(sender);
}

/** The senders of a campaign, each once, the first one first. */
export function sendersFor(
  { config, tokens }: HandOverTarget,
  given: string | readonly string[] | undefined,
): Result<readonly SenderConfig[], Problem> {
  const ids = typeof given === 'string' ? [given] : given?.length ? given : [undefined];
  const senders = new Map<string, SenderConfig>();
  for (const id of ids) {
    const sender = tokens === 'needed' ? requireSender(config, id) : senderFor(config, id);
    if (!sender.ok) return sender;
    senders.set(sender.value.phoneNumberId, sender.value);
  }
  return ok([...senders.values()]);
}

/** Whether Meta is looked at before a list of these senders is taken. */
export function looksAtMeta(
  { config, tokens }: HandOverTarget,
  senders: readonly SenderConfig[],
  skipPreflight: boolean | undefined,
): boolean {
  if (skipPreflight === true) return false;
  return tokens !== 'spared' || senders.every((s) => requireAccount(config, s.phoneNumberId).ok);
}

/** Makes the senders known to the ledger, which refuses campaigns of unknown ones. */
export async function ensureSenders(
  senders: Pick<SenderStore, 'ensure'>,
  configs: readonly SenderConfig[],
): Promise<void> {
  for (const { phoneNumberId: senderId, businessAccountId, messagesPerSecond } of configs)
    await senders.ensure({
      senderId,
      messagesPerSecond,
      ...(businessAccountId === undefined ? {} : { businessAccountId }),
    });
}
