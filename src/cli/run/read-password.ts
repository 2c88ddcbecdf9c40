/** A password from a person's keyboard, of which nothing is shown, or from standard input; never from an argument. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { problem } from '../../core/problem.ts';
import type { Cli } from './cli.ts';
import { thrown } from './failure.ts';
import { StoppedBySignal } from './shutdown.ts';

/** Reads it. @param p.fromStdin it stands in the first line of standard input */
export async function readNewPassword(
  cli: Cli,
  p: { readonly fromStdin: boolean },
): Promise<string> {
  if (p.fromStdin) {
    const [first = ''] = (await text(process.stdin)).split(/\r?\n/, 1);
    return first;
  }
  if (!process.stdin.isTTY)
    throw thrown(
      problem('USAGE', 'The password is asked for on a terminal, and standard input is none.', {
        where: 'password',
        next: 'Give --password-stdin, and the password as the first line of standard input.',
      }),
    );
  const password = await ask(cli, 'Password (nothing is shown): ');
  const again = await ask(cli, 'The same again: ');
  if (password === again) return password;
  throw thrown(
    problem('USAGE', 'The two passwords differ.', { where: 'password', next: 'Try again.' }),
  );
}

async function ask(cli: Cli, question: string): Promise<string> {
  cli.terminal.err.write(question);
  // What readline echoes goes nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const stop = new AbortController();
  lines.on('SIGINT', () => stop.abort());
  try {
    return await lines.question('', { signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) throw new StoppedBySignal('SIGINT');
    throw error;
  } finally {
    lines.close();
    cli.terminal.err.write('\n');
  }
}
