/**
 * What every command is given: settings read once and only when asked for (so that `--help` and
 * `errors` work with a broken `.env`), a logger, and what it opens closed again.
 */
import type { Config } from '../../config/config.ts';
import { loadEnvironment } from '../../config/environment.ts';
import { loadPart } from '../../config/optional-packages.ts';
import { readConfig } from '../../config/read-config.ts';
import type { Environment } from '../../config/settings-reader.ts';
import { given } from '../../core/given.ts';
import type { Problem } from '../../core/problem.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Logger } from '../../telemetry/log.ts';
import { readable } from '../../telemetry/readable.ts';
import type { App, OpenOptions, QueueNeed } from '../../wiring.ts';
import type { Terminal } from '../screen/terminal.ts';
import { type Acting, recordCommand } from './audited.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { unwrap } from './failure.ts';
import { orStopped } from './shutdown.ts';
import { version } from './version.ts';

/** The command line at work. */
export interface Cli {
  readonly terminal: Terminal;
  /** The checked settings; throws their problems. */
  config(): Config;
  /**
   * The logger. Commands that end by themselves log warnings only, since they tell their story on
   * the screen; services log what they do. `LOG_LEVEL` overrules both.
   */
  log(name: string, kind?: 'command' | 'service'): Promise<Logger>;
  /** The last logger made; silent before. The edge writes causes to it. */
  readonly lastLog: Pick<Logger, 'debug' | 'info'>;
  /** What of the command the audit log is to know. */
  readonly acting: Acting;
  /** What the process will return. */
  exitCode: ExitCode;
}

/** Makes the command line's context from the process's environment. */
export function createCli(terminal: Terminal, environment: Environment): Cli {
  let config: Config | undefined;
  let lastLog: Cli['lastLog'] = { debug() {}, info() {} };
  return {
    terminal,
    exitCode: EXIT.done,
    acting: { what: '' },
    config: () => {
      if (config === undefined) {
        unwrap(loadEnvironment());
        config = unwrap(readConfig(environment));
      }
      return config;
    },
    async log(name, kind = 'command') {
      const { createLogger } = await import('../../telemetry/log.ts');
      const asked = environment.LOG_LEVEL?.trim();
      const usual = kind === 'command' ? 'warn' : 'info';
      const level = asked ? this.config().logLevel : usual;
      // Readable lines have no stacks and no causes, which is all that debug is asked for.
      const isForPeople = terminal.isTerminal || (kind === 'command' && !asked);
      const isWhole = level === 'debug' || level === 'trace' || !isForPeople;
      const write = (line: string) => terminal.logStream.write(isWhole ? line : readable(line));
      const ids = config?.senders.map((s) => s.phoneNumberId) ?? [];
      const showsNumbers = config?.logPii ?? false;
      const log = createLogger({ name, level, stream: { write }, ids, showsNumbers });
      lastLog = log;
      return log;
    },
    get lastLog() {
      return lastLog;
    },
  };
}

/** The environment with `.env` beneath it; a `.env` that cannot be read is reported by `config()`. */
export function environmentOrEmpty(): Environment {
  const loaded = loadEnvironment();
  return (loaded.ok ? loaded : ok({})).value;
}

interface Opening {
  readonly name: string;
  readonly queue: QueueNeed;
  readonly kind?: 'command' | 'service';
  /** What the process does is counted. */
  readonly counted?: boolean;
}

/** Opens what a command needs, lets it work, writes down what it changed, and closes it however the work ended. */
export async function withApp<T>(
  cli: Cli,
  p: Opening & {
    /** Ends the opening, which may hang; the work is not touched by it. */
    readonly signal?: AbortSignal;
  },
  work: (app: App) => Promise<T>,
): Promise<T> {
  const opening = opened(cli, p);
  const app = unwrap(await (p.signal === undefined ? opening : orStopped(opening, p.signal)));
  try {
    const done = await work(app);
    await recordCommand(cli, app);
    return done;
  } catch (error) {
    await recordCommand(cli, app, error);
    throw error;
  } finally {
    await app.close();
  }
}

async function opened(cli: Cli, p: Opening): Promise<Result<App, Problem>> {
  const { name, kind, queue } = p;
  const config = cli.config();
  const log = await cli.log(name, kind);
  const { openApp } = await import('../../wiring.ts');
  return openApp(config, log, { queue, ...(await watchesOf(config, p)) });
}

/** Only services are watched from outside, and what watches is loaded only where it is asked for. */
async function watchesOf(
  { otlpEndpoint: endpoint, graphBaseUrl: graph }: Config,
  { name, kind, counted = false }: Opening,
): Promise<Pick<OpenOptions, 'metrics' | 'traces'>> {
  const own = { process: name, version: version() };
  const traced = kind === 'service' && endpoint !== undefined;
  const metrics = counted ? (await import('../../wiring/metrics.ts')).metricsWatch(own) : undefined;
  const traces = traced
    ? (await loadPart('traces', () => import('../../wiring/traces.ts'))).tracesWatch({
        ...own,
        endpoint,
        graph,
      })
    : undefined;
  return given({ metrics, traces });
}
