/** Who looks at what passes between the ports, and changes none of it: the log, metrics, traces. */
import type { GraphPort } from '../core/ports/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { toldLine, toldPeople, toldSenders, toldSending } from '../telemetry/decisions.ts';
import type { Logger } from '../telemetry/log.ts';

/** One who looks. */
export interface Watch {
  /** The ledger, looked at. */
  ledger(ledger: Ledger): Ledger;
  /** A sender's line to Meta, looked at. */
  line(senderId: string, line: GraphPort): GraphPort;
}

/** The ledger, looked at by all. */
export function watchedLedger(watches: readonly Watch[], ledger: Ledger): Ledger {
  return watches.reduce((seen, watch) => watch.ledger(seen), ledger);
}

/** A line to Meta, looked at by all. */
export function watchedLine(
  watches: readonly Watch[],
  senderId: string,
  line: GraphPort,
): GraphPort {
  return watches.reduce((seen, watch) => watch.line(senderId, seen), line);
}

/** The log as one who looks: a line for each decision. */
export function logWatch(log: Logger): Watch {
  return {
    ledger: (ledger) => ({
      ...ledger,
      sending: toldSending(log, ledger.sending),
      senders: toldSenders(log, ledger.senders),
      people: toldPeople(log, ledger.people),
    }),
    line: (senderId, line) => toldLine(log, senderId, line),
  };
}
