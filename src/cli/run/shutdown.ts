/**
 * Shutdown, once for all commands: the first signal asks to stop and lets work in flight finish,
 * the second one ends the process at once, as the signal does by default.
 */
import { given } from '../../core/given.ts';
import type { Terminal } from '../screen/terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C under `npx` arrives twice: from the terminal, which signals the whole group, and from npm,
 * which hands its own on. Nobody presses twice within this many milliseconds.
 */
const ECHO_MS = 300;

/** A process that listens for signals. */
export interface Shutdown {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The first signal, once there was one. */
  readonly by: NodeJS.Signals | undefined;
  /** Resolves with the first signal. */
  readonly begun: Promise<NodeJS.Signals>;
  /** Gives the signals back to their defaults. */
  stopListening(): void;
}

/** Begins to listen; `onFirst` says to the user what happens now. */
export function listenForShutdown(onFirst: (signal: NodeJS.Signals) => void): Shutdown {
  const controller = new AbortController();
  let by: NodeJS.Signals | undefined;
  let at = 0;
  let announce: (signal: NodeJS.Signals) => void = () => {};
  const begun = new Promise<NodeJS.Signals>((resolve) => {
    announce = resolve;
  });
  const stopListening = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (by === undefined) {
      by = signal;
      at = performance.now();
      onFirst(signal);
      controller.abort(new StoppedBySignal(signal));
      announce(signal);
    } else if (signal !== by || performance.now() - at > ECHO_MS) {
      stopListening();
      process.kill(process.pid, signal);
    }
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    begun,
    stopListening,
  };
}

/** What work is aborted with when a signal came; the edge lets the process die by that signal. */
export class StoppedBySignal extends Error {
  readonly signal: NodeJS.Signals;
  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.name = 'StoppedBySignal';
    this.signal = signal;
  }
}

/**
 * What `work` gives, or the signal's reason at once: for an opening that may hang and that nothing
 * is lost by leaving. What is left of it ends with the process (`dieBy`).
 */
export function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/**
 * Says that a command was stopped before it had done anything; with `--json` also on standard output.
 * @param next what to do; it says by itself what became of the command
 */
export function printStopped(
  cli: { readonly terminal: Pick<Terminal, 'note' | 'print'> },
  json: true | undefined,
  message: string,
  next?: string,
): void {
  cli.terminal.note(next ?? message);
  if (json)
    cli.terminal.print(JSON.stringify({ error: { code: 'STOPPED', message, ...given({ next }) } }));
}

/**
 * Ends the process as the signal would have: a shell that runs a loop stops the loop only if its
 * child died by SIGINT, not if it returned a number.
 */
export function dieBy(signal: NodeJS.Signals): void {
  for (const name of SIGNALS) process.removeAllListeners(name);
  process.kill(process.pid, signal);
}
