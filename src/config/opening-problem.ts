/** What is told where a command cannot open what it needs. */

import { InfrastructureError, type Problem, ProblemError, problem } from '../core/problem.ts';
import type { Config } from './config.ts';

/** What kept a command from opening what it needs; `undefined` for a bug of ours. */
export function problemOfOpening(
  error: unknown,
  config: Pick<Config, 'databaseUrl' | 'redisUrl'>,
): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof InfrastructureError)) return undefined;
  const database = config.databaseUrl === undefined ? 'DATA_DIR' : 'DATABASE_URL';
  const [queue, where] =
    config.redisUrl === undefined
      ? ['The queue in the database', database]
      : ['Redis', 'REDIS_URL'];
  switch (error.service) {
    case 'database':
      return problem('DATABASE_UNREACHABLE', `The database cannot be reached: ${error.message}.`, {
        where: database,
        next: 'Look at the setting and at the server; nothing was sent.',
      });
    case 'queue':
      return problem('QUEUE_UNREACHABLE', `${queue} cannot be reached: ${error.message}.`, {
        where,
        next: 'Look at the setting and at the server; nothing was sent.',
      });
    case 'graph':
      return problem('GRAPH_UNREACHABLE', error.message, {
        where: 'GRAPH_BASE_URL',
        next: 'Look at the network.',
      });
    case 'api':
      return problem('API_UNREACHABLE', error.message, { next: 'Look at the network.' });
  }
}
