/**
 * The processes of callpermit, kept up as a service manager would: what ends is started again. How
 * each one ended is looked at; an end that nobody caused and no outage explains is a finding.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../src/cli/run/exit-code.ts';
import { type Child, type Exit, plainEnvironment, startProcess } from './process.ts';

/** One process that is kept up. */
export interface Service {
  /** Its process id while it runs and is not frozen. */
  pid(): number | undefined;
  /** `kill -9`. */
  kill9(): void;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGSTOP and, that many ms later, SIGCONT. */
  freeze(forMs: number): Promise<void>;
  /** Ends it for good, gently. */
  close(): Promise<void>;
}

/** What a service is. */
export interface ServiceSetup {
  readonly name: string;
  readonly main: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly random: () => number;
  /** Where the standard error of the next process goes. */
  readonly log: () => string;
  /** Whether a store was away lately: what waits for it may end with "out of reach". */
  readonly isTroubled: () => boolean;
  /** Told of every end that should not be. */
  readonly onOddEnd: (what: string) => void;
}

/** A service manager waits a little before it starts again. */
const RESTART_MOST_MS = 600;
/** Requests in flight, thirty seconds for a database that is away, and a slow machine. */
const STOP_LIMIT_MS = 45_000;

/** Starts a service and keeps it up until it is closed. */
export function keepUp(p: ServiceSetup): Service {
  let log = '';
  let child: Child | undefined;
  let isReady = false;
  let isFrozen = false;
  let cause: 'kill' | 'stop' | undefined;
  let closing = false;

  const watched = (async () => {
    while (!closing) {
      cause = undefined;
      isReady = false;
      log = p.log();
      const started = startProcess({
        command: process.execPath,
        args: [p.main, ...p.args, '--json'],
        cwd: p.dir,
        env: { ...plainEnvironment(), ...p.env },
        log,
      });
      child = started;
      void started.firstLine.then((line) => {
        // One that cannot start says so in a JSON line of its own.
        if (child === started && /"state":"ready"/.test(line)) isReady = true;
      });
      const exit = await started.exited;
      const odd = oddEnd(exit);
      if (odd !== undefined) p.onOddEnd(`${p.name} (process ${started.pid}) ${odd}; see ${log}`);
      if (!closing) await sleep(p.random() * RESTART_MOST_MS);
    }
  })();

  function oddEnd({ code, signal }: Exit): string | undefined {
    if (cause === 'kill' && signal === 'SIGKILL') return undefined;
    if (cause === 'stop' && code === EXIT.done) return undefined;
    if (cause === 'stop' && code === EXIT.unreachable && p.isTroubled()) return undefined;
    // Before it is ready it listens for no signal, and may find its stores away.
    if (!isReady && (code === EXIT.unreachable || (cause === 'stop' && signal === 'SIGTERM')))
      return undefined;
    const how = signal === null ? `ended with code ${code}` : `died by ${signal}`;
    return cause === 'stop' ? `was stopped by SIGTERM and ${how}` : `${how} by itself`;
  }

  async function stop(): Promise<void> {
    const stopped = child;
    if (stopped === undefined || !stopped.running()) return;
    cause ??= 'stop';
    stopped.kill('SIGCONT');
    stopped.kill('SIGTERM');
    const limit = new AbortController();
    const isLate = await Promise.race([
      stopped.exited.then(() => false),
      sleep(STOP_LIMIT_MS, true, { signal: limit.signal }).catch(() => false),
    ]);
    limit.abort();
    if (!isLate) return;
    p.onOddEnd(`${p.name} (process ${stopped.pid}) did not stop within ${STOP_LIMIT_MS} ms`);
    cause = 'kill';
    stopped.kill('SIGKILL');
    await stopped.exited;
  }

  return {
    pid: () =>
      child?.running() === true && cause === undefined && !isFrozen ? child.pid : undefined,
    kill9() {
      cause = 'kill';
      child?.kill('SIGKILL');
    },
    stop,
    async freeze(forMs) {
      const frozen = child;
      isFrozen = true;
      frozen?.kill('SIGSTOP');
      await sleep(forMs);
      frozen?.kill('SIGCONT');
      isFrozen = false;
    },
    async close() {
      closing = true;
      await stop();
      await watched;
    },
  };
}
