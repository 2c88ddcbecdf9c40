/**
 * The built program in a pseudo-terminal (`script`, of util-linux), and what a person sees on it: its bytes go
 * through a terminal emulator, so that a line that was drawn over is gone here as it is on a screen.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A program on a screen. */
export interface OnScreen {
  /** All lines so far, those that have scrolled away too; a line the terminal itself had to break is several. */
  lines(): Promise<readonly string[]>;
  /** Resolves with the lines once one of them fits; fails when the program ends before. */
  untilSeen(form: RegExp): Promise<readonly string[]>;
  /** What a person types. */
  type(keys: string): void;
  /**
   * Gives the window fewer columns: just before the first bar that is drawn for them. A bar that was still drawn for
   * the old width, on a screen of the new one, would be a line that no program can take back.
   */
  resize(columns: number): Promise<void>;
  /** Resolves when the program has ended and everything is drawn. */
  untilExit(): Promise<readonly string[]>;
  kill(): void;
}

/** Ctrl-C as a terminal sends it. */
export const CTRL_C = '\u0003';

/**
 * Runs `callpermit ...args` on a screen of so many columns.
 *
 * @param env its settings, and nothing else of ours but what a program needs to run
 */
export function onScreen(
  args: readonly string[],
  p: {
    readonly columns: number;
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
  },
): OnScreen {
  const { columns, env, cwd } = p;
  const folder = mkdtempSync(join(tmpdir(), 'callpermit-pty-'));
  const argv = [process.execPath, MAIN, ...args].map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`);
  // The size is set from within: script takes it from its own terminal, and has none here.
  const command = `stty cols ${columns} rows 30; echo "tty=$(tty)"; exec ${argv.join(' ')}`;
  const child: ChildProcess = spawn('script', ['-qfec', command, join(folder, 'typescript')], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: tmpdir(),
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = new headless.Terminal({
    cols: columns,
    rows: 30,
    scrollback: 5_000,
    allowProposedApi: true,
  });
  const looks = new Set<() => void>();
  let drawn = Promise.resolve();
  let narrower: { readonly columns: number; readonly done: () => void } | undefined;
  child.stdout?.on('data', (bytes: Buffer) => {
    const { columns: wanted = 0, done } = narrower ?? {};
    const bar = /[█░]+[ -~]*/.exec(bytes.toString())?.[0];
    if (done !== undefined && bar !== undefined && bar.length < wanted) {
      narrower = undefined;
      // Between two writes: called for itself it would come before what is not drawn yet.
      screen.write('', () => {
        screen.resize(wanted, 30);
        done();
      });
    }
    drawn = new Promise((resolve) => screen.write(bytes, resolve));
    void drawn.then(() => {
      for (const look of [...looks]) look();
    });
  });
  child.stdin?.on('error', () => {});
  let isOver = false;
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      isOver = true;
      rmSync(folder, { recursive: true, force: true });
      void drawn.then(resolve);
    });
  });
  ended.catch(() => {});

  const now = (): readonly string[] => {
    const { active } = screen.buffer;
    const all = Array.from(
      { length: active.length },
      (_, y) => active.getLine(y)?.translateToString(true) ?? '',
    );
    return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
  };
  const lines = async () => {
    await drawn;
    return now();
  };
  const untilSeen: OnScreen['untilSeen'] = (form) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const all = now();
        if (!all.some((line) => form.test(line))) return;
        looks.delete(look);
        resolve(all);
      };
      looks.add(look);
      look();
      ended.then(() => {
        if (looks.has(look)) reject(new Error(`it ended before ${form}:\n${now().join('\n')}`));
      }, reject);
    });

  return {
    lines,
    untilSeen,
    type: (keys) => void child.stdin?.write(keys),
    async resize(wanted) {
      const all = await untilSeen(/^tty=/);
      const tty = all.find((line) => line.startsWith('tty='))?.slice('tty='.length) ?? '';
      const resized = new Promise<void>((done) => {
        narrower = { columns: wanted, done };
      });
      spawnSync('stty', ['-F', tty, 'cols', String(wanted)]);
      await resized;
    },
    async untilExit() {
      await ended;
      return now();
    },
    kill: () => {
      if (!isOver) child.kill('SIGKILL');
    },
  };
}
