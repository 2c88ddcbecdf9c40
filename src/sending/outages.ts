/** One line when a service goes and one when it is back, whatever fails in between. */
import { InfrastructureError, type Service } from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';
import { stateLog } from '../telemetry/log.ts';

/** Makes the report of a loop whose success proves that `services` answer. */
export type Outages = (services: readonly Service[]) => (error: unknown) => void;

/** Makes the {@link Outages} that the loops of one process share. */
export function outages(log: Logger): Outages {
  const states = {
    database: stateLog(log, { down: 'database out of reach: waiting', up: 'database back' }),
    queue: stateLog(log, { down: 'queue out of reach: waiting', up: 'queue back' }),
    graph: stateLog(log, { down: 'Graph API out of reach: waiting', up: 'Graph API back' }),
    api: stateLog(log, { down: 'API out of reach: waiting', up: 'API back' }),
  };
  return (services) => (error) => {
    if (error === undefined) for (const service of services) states[service].up();
    else if (error instanceof InfrastructureError) states[error.service].down(error);
    else log.error({ err: error }, 'unexpected error');
  };
}
