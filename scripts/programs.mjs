/**
 * Programs the tests need that npm does not bring: a Redis, and a browser. Where one is missing it
 * is installed by the system's package manager, or the one line to type is said.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What can be installed: the names it goes by, and its packages. */
export const PROGRAMS = {
  redis: {
    names: ['redis-server', 'valkey-server'],
    apt: 'redis-server',
    brew: ['redis'],
  },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    files: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    apt: 'chromium',
    brew: ['--cask', 'chromium'],
  },
};

/** Where Homebrew and Debian put programs, also when the PATH is a poor one. */
const FURTHER_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The path of the first of these names that can be run. */
export function findProgram({ names, files = [] }) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FURTHER_FOLDERS];
  const candidates = [...names.flatMap((name) => folders.map((f) => join(f, name))), ...files];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Finds a program or installs it, saying so.
 * @returns its path; undefined when it cannot be had (what to type has been said)
 */
export async function ensureProgram(program, say) {
  const found = findProgram(program);
  if (found) return found;
  const steps = installSteps(program);
  const name = program.names[0];
  if (!steps) {
    say(`No ${name} found, and no way to install it: as root, type  ${aptLine(program)}`);
    return undefined;
  }
  say(`No ${name} found: installing it by  ${steps.shown}`);
  const output = await runUntilUnlocked(steps.commands, () => findProgram(program));
  const installed = findProgram(program);
  if (!installed) say(`${output}\n${name} could not be installed. Type  ${steps.shown}`);
  return installed;
}

function aptLine({ apt }) {
  return `apt-get update && apt-get install -y ${apt}`;
}

/** Root, password-less sudo, or brew; undefined where there is none of them. */
function installSteps(program) {
  if (findProgram({ names: ['apt-get'] })) {
    const isRoot = process.getuid?.() === 0;
    if (!isRoot && !findProgram({ names: ['sudo'] })) return undefined;
    const prefix = isRoot ? [] : ['sudo', '-n'];
    const quiet = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      // The package's own service on port 6379 is not wanted: sysvinit and systemd, in this order.
      'RUNLEVEL=1',
      'SYSTEMD_OFFLINE=1',
    ];
    // Another npm test may be installing too; seconds.
    const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
    return {
      shown: aptLine(program)
        .split(' && ')
        .map((line) => [...(isRoot ? [] : ['sudo']), line].join(' '))
        .join(' && '),
      commands: [
        [...prefix, ...quiet, 'apt-get', ...options, 'update'],
        [
          ...[...prefix, ...quiet, 'apt-get', ...options],
          ...['install', '-y', '--no-install-recommends', program.apt],
        ],
      ],
    };
  }
  if (findProgram({ names: ['brew'] })) {
    const command = ['brew', 'install', ...program.brew];
    return { shown: command.join(' '), commands: [command] };
  }
  return undefined;
}

/** `DPkg::Lock::Timeout` does not cover the lists that `update` writes, so a lock is tried again. */
const LOCKED = /Could not get lock|Unable to lock|is held by process/;
const LOCK_TRIES = 60;
const LOCK_PAUSE_MS = 5_000;

async function runUntilUnlocked(commands, isDone) {
  let output = '';
  for (const command of commands) {
    for (let i = 0; i < LOCK_TRIES && !isDone(); i += 1) {
      const result = await run(command);
      output += result.output;
      if (result.code === 0 || !LOCKED.test(result.output)) break;
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    }
  }
  return output;
}

function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: `${error.message}\n` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
