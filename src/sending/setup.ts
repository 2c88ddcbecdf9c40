/** What the sending side works with. */
import type { SenderConfig } from '../config/config.ts';
import type {
  Clock,
  EvidenceStore,
  GraphPort,
  QueuePort,
  SenderStore,
  SendingStore,
  SilenceStore,
  Spool,
  WorkEvent,
} from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** What running senders need. */
export interface SenderSetup {
  readonly clock: Clock;
  /** Names this process in the ledger; nobody else has it. */
  readonly worker: string;
  readonly ledger: {
    readonly sending: SendingStore;
    readonly senders: SenderStore;
    readonly evidence: EvidenceStore;
    readonly silence: SilenceStore;
  };
  readonly queue: QueuePort;
  /** What is wrong with a sender's queue, in words; `null`: nothing. */
  readonly queueComplaint: (senderId: string) => Promise<string | null>;
  /** Takes what the ledger does not take before this process must end. */
  readonly spool: Spool;
  readonly log: Logger;
  readonly senders: readonly SenderConfig[];
  readonly meta: (senderId: string) => GraphPort;
  readonly listen: (onEvent: (event: WorkEvent) => void) => { close(): Promise<void> };
  readonly requestTimeoutMs: number;
  readonly uncertainCheckAfterMs: number;
  readonly uncertainPolicy: 'hold' | 'resend-after-check';
  /** How often Meta is asked what became of the uncertain, a second over all processes. */
  readonly checksPerSecond: number;
  readonly workerConcurrency?: number;
}
