/** Traces in a process: spans at the ports. Imported only where they are asked for, and all of OpenTelemetry with it. */
import { context } from '@opentelemetry/api';
import type { Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import type { QueuePort } from '../core/ports/index.ts';
import type { Database } from '../ledger/database.ts';
import { openTraces } from '../telemetry/traces/open-traces.ts';
import { asChild, beginRequest, endRequest } from '../telemetry/traces/trace-requests.ts';
import {
  type BatchContexts,
  tracedLine,
  tracedQueue,
  tracedSending,
} from '../telemetry/traces/trace-sending.ts';
import type { Watch } from './watch.ts';

/** What the HTTP server tells of its requests. */
export interface RequestTraces {
  /**
   * A request has come; `then` goes on with it as its span's child.
   * @returns what is called once it is answered
   */
  begin(
    p: { readonly method: string; readonly headers: Readonly<Record<string, unknown>> },
    then: () => void,
  ): (route: string, status: number) => void;
}

/** Traces as the app is opened with them. */
export interface TracesWatch extends Watch {
  /** For queues and workers of BullMQ. */
  readonly telemetry: Telemetry;
  readonly requests: RequestTraces;
  queue<Queue extends Pick<QueuePort, 'work'>>(queue: Queue): Queue;
  database(database: Database): Database;
  close(): Promise<void>;
}

/**
 * Opens the traces of this process.
 * @param p.endpoint where they go
 * @param p.graph the host that messages go to
 */
export function tracesWatch(p: {
  readonly endpoint: string;
  readonly process: string;
  readonly version: string;
  readonly graph: string;
}): TracesWatch {
  const traces = openTraces(p);
  const { tracer } = traces;
  const contexts: BatchContexts = new Map();
  const host = new URL(p.graph).hostname;
  return {
    telemetry: new BullMQOtel({ tracerName: 'callpermit', version: p.version }),
    requests: {
      begin(request, then) {
        const begun = beginRequest(tracer, request);
        context.with(begun.context, then);
        return (route, status) => endRequest(begun.span, { method: request.method, route, status });
      },
    },
    ledger: (ledger) => ({
      ...ledger,
      sending: tracedSending({ tracer, contexts }, ledger.sending),
    }),
    line: (sender, line) => tracedLine({ tracer, contexts, sender, host }, line),
    queue: (queue) => tracedQueue(contexts, queue),
    database: (database) => ({
      ...database,
      run(statement, values, limits) {
        const name = statement.name ?? 'statement';
        const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': name };
        return asChild(tracer, `postgres ${name}`, attributes, () =>
          database.run(statement, values, limits),
        );
      },
    }),
    close: () => traces.close(),
  };
}
