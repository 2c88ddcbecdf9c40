/** Webhooks in a process: how they are told from others', who hears that one is stored, and who applies them. */
import { readFile } from 'node:fs/promises';
import type { Config, Secret } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { GraphPort, WebhookStore } from '../core/ports/index.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { systemCode } from '../core/system-code.ts';
import { unwrap } from '../core/unwrap.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OptOutWords } from '../replies/opt-out-words.ts';
import type { RunningReplies } from '../replies/run-replies.ts';
import { systemClock } from '../telemetry/clock.ts';
import type { Logger } from '../telemetry/log.ts';
import { isJsonObject } from '../webhook/read-json.ts';
import { isSigned, isVerifyToken } from '../webhook/signature.ts';

/** What the receiver of webhooks needs, and who applies them. */
export interface Webhooks {
  /** Whoever has asked by {@link Webhooks.onStored} hears of what is stored by it. */
  readonly store: WebhookStore;
  /** Whether a body has the signature of one of the secrets. */
  isSigned(body: Buffer, header: string | undefined, secrets: readonly Secret[]): boolean;
  /** Whether a body can be a delivery: anything else is not stored. */
  isJsonObject(body: string): boolean;
  /** Whether the word of a handshake is the expected one. */
  isVerifyToken(given: string, expected: Secret): boolean;
  /** One was not taken, for one of the few reasons of the receiver. */
  refused(reason: string): void;
  /** Calls `wake` after each batch that this process has committed, until what it gives is called. */
  onStored(wake: () => void): () => void;
}

/** The receiver's side of a store; `refused` counts. */
export function webhooksOf(
  store: WebhookStore,
  refused: Webhooks['refused'] = () => undefined,
): Webhooks {
  const wakes = new Set<() => void>();
  return {
    store: {
      ...store,
      async store(deliveries) {
        await store.store(deliveries);
        for (const wake of wakes) wake();
      },
    },
    isSigned,
    isJsonObject,
    isVerifyToken,
    refused,
    onStored(wake) {
      wakes.add(wake);
      return () => void wakes.delete(wake);
    },
  };
}

/** What applying them needs of what is open. */
export interface RepliesApp {
  readonly config: Config;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly webhooks: Webhooks;
  graph(senderId: string): Promise<Result<GraphPort, Problem>>;
}

/** Applies webhooks in this process, whoever stored them; Meta is asked about the people of some senders. */
export async function startReplies(
  app: RepliesApp,
  asking: readonly string[],
): Promise<RunningReplies> {
  const { config, log, ledger } = app;
  const { runReplies } = await import('../replies/run-replies.ts');
  const { readDelivery } = await import('../webhook/read-delivery.ts');
  const { ensureSenders } = await import('../campaign/hand-over-target.ts');
  const lines = new Map<string, GraphPort>();
  for (const id of asking) lines.set(id, unwrap(await app.graph(id)));
  const running = runReplies({
    ...{ clock: systemClock, log, ledger, lines, webhooks: app.webhooks.store },
    read: readDelivery,
    configured: config.senders.map(({ phoneNumberId, businessAccountId }) => ({
      senderId: phoneNumberId,
      ...given({ account: businessAccountId }),
    })),
    register: () => ensureSenders(ledger.senders, config.senders),
    checksPerSecond: config.callPermissionChecksPerSecond,
    ...given({ optOutWords: await optOutWordsOf(config) }),
  });
  const forget = app.webhooks.onStored(() => running.wake());
  return {
    ...running,
    async close() {
      forget();
      await running.close();
    },
  };
}

async function optOutWordsOf({ optOutWordsFile: file }: Config): Promise<OptOutWords | undefined> {
  if (file === undefined) return undefined;
  const { readOptOutWords } = await import('../replies/opt-out-words.ts');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const message = `OPT_OUT_WORDS_FILE: ${file} cannot be read (${systemCode(cause) ?? 'unknown'}).`;
    throw new ProblemError(problem('SETTING_INVALID', message, { where: 'OPT_OUT_WORDS_FILE' }));
  });
  return unwrap(readOptOutWords(text, file));
}
