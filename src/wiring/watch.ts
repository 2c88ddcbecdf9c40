/** Who looks at what passes between the ports, and changes none of it: metrics, traces. */
import type { GraphPort } from '../core/ports/index.ts';
import type { Ledger } from '../ledger/ledger.ts';

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
