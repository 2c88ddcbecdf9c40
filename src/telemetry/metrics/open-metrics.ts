/** The metrics of this process: ours, and those that every program of Node has. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type MetricTable, metricTable } from './table.ts';

/** A pool of connections, as far as it is counted. */
export interface CountedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max?: number };
}

/** Metrics at work. */
export interface OpenMetrics {
  readonly table: MetricTable;
  /** Calls `look` before each answer; it must not reject. */
  before(look: () => Promise<void> | void): void;
  readonly contentType: string;
  /** All of them in Prometheus' text format. */
  text(): Promise<string>;
}

/**
 * Opens them.
 * @param p.process what the process is, e.g. `sender`
 */
export function openMetrics(p: {
  readonly process: string;
  readonly version: string;
}): OpenMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const table = metricTable(registry);
  table.process.build.set({ version: p.version, node: process.version, process: p.process }, 1);
  const looks: (() => Promise<void> | void)[] = [];
  // One answer after the other: gauges are emptied and set anew for each.
  let last: Promise<string> = Promise.resolve('');
  const answer = async () => {
    await Promise.all(looks.map((look) => look()));
    return registry.metrics();
  };
  return {
    table,
    before: (look) => void looks.push(look),
    contentType: registry.contentType,
    text() {
      last = last.then(answer, answer);
      return last;
    },
  };
}

/** Looks at pools by name. */
export function lookAtPools(
  { connections, connectionsMost, waiting }: MetricTable['process'],
  pools: Readonly<Record<string, CountedPool>>,
): void {
  for (const [pool, { totalCount, idleCount, waitingCount, options }] of Object.entries(pools)) {
    connections.set({ pool, state: 'used' }, totalCount - idleCount);
    connections.set({ pool, state: 'idle' }, idleCount);
    connectionsMost.set({ pool }, options.max ?? 0);
    waiting.set({ pool }, waitingCount);
  }
}
