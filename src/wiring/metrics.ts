/** Metrics in a process: who counts what stands between the ports, so that sending and replies know nothing of it. */
import type { GraphPort, QueuePort } from '../core/ports/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countedLine, countedSenders, countedSending } from '../telemetry/metrics/count-sending.ts';
import { countedWebhooks } from '../telemetry/metrics/count-webhooks.ts';
import { methodLabel } from '../telemetry/metrics/labels.ts';
import { ledgerFigures } from '../telemetry/metrics/ledger-figures.ts';
import { type CountedPool, lookAtPools, openMetrics } from '../telemetry/metrics/open-metrics.ts';
import type { Watch } from './watch.ts';

/** What a server answers at `/metrics`, and tells of itself. */
export interface AppMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** A request was answered; `route` is the pattern, never the path. */
  answered(p: { readonly method: string; readonly route: string; readonly status: number }): void;
  /** A webhook was not taken. */
  refusedWebhook(reason: string): void;
}

/** Metrics as the app is opened with them. */
export interface MetricsWatch extends Watch {
  readonly app: AppMetrics;
  /** What is looked at when somebody scrapes. */
  look(p: {
    readonly ledger: Ledger;
    readonly queue: QueuePort | undefined;
    readonly senders: readonly string[];
    readonly pools: Readonly<Record<string, CountedPool>>;
  }): void;
}

/** Opens the metrics of this process. */
export function metricsWatch(p: {
  readonly process: string;
  readonly version: string;
}): MetricsWatch {
  const metrics = openMetrics(p);
  const { sending, webhooks, process } = metrics.table;
  return {
    app: {
      contentType: metrics.contentType,
      text: () => metrics.text(),
      answered: ({ method, route, status }) =>
        process.http.inc({ method: methodLabel(method), route, status: String(status) }),
      refusedWebhook: (reason) => webhooks.refused.inc({ reason }),
    },
    ledger: (ledger) => ({
      ...ledger,
      sending: countedSending(sending, ledger.sending),
      senders: countedSenders(sending, ledger.senders),
      webhooks: countedWebhooks(webhooks, ledger.webhooks),
    }),
    line: (senderId: string, line: GraphPort) => countedLine(sending, senderId, line),
    look({ ledger, queue, senders, pools }) {
      metrics.before(() => lookAtPools(process, pools));
      metrics.before(
        ledgerFigures(metrics.table, {
          figures: ledger.figures,
          senders,
          ...(queue === undefined ? {} : { queue }),
        }),
      );
    },
  };
}
