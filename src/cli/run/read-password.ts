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
  const [password, again] = await askTwice(cli);
  if (password === again) return password;
  throw thrown(
    problem('USAGE', 'The two passwords differ.', { where: 'password', next: 'Try again.' }),
  );
}

async function askTwice(cli: Cli): Promise<readonly [string, string]> {
  // What readline echoes goes nowhere; by it the terminal echoes nothing, from before the first question to behind the last.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const stop = new AbortController();
  lines.on('SIGINT', () => stop.abort());
  const ask = async (question: string) => {
    cli.terminal.err.write(question);
    const answer = await lines.question('', { signal: stop.signal });
    cli.terminal.err.write('\n');
    return answer;
  };
  try {
    return [await ask('Password (nothing is shown): '), await ask('The same again: ')];
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    cli.terminal.err.write('\n');
    throw new StoppedBySignal('SIGINT');
  } finally {
    lines.close();
  }
}
