/**
 * Programs the tests need that npm does not bring: a Redis, the oldest Postgres that is supported,
 * and a browser. Where one is missing it is installed by the system's package manager, or the one
 * line to type is said.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The oldest Postgres that is supported; npm brings the newest. */
const OLDEST_POSTGRES = 15;

/** What tests on it go by; somebody may name a server of their own instead. */
export const OLDEST_POSTGRES_NAME = process.env.TEST_POSTGRES_URL
  ? 'Postgres of TEST_POSTGRES_URL'
  : `Postgres ${OLDEST_POSTGRES}`;

const BREW_FOLDERS = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'];
const CREATE_CLUSTER = '/etc/postgresql-common/createcluster.conf';

/** What can be installed: the names it goes by, and its packages. */
export const PROGRAMS = {
  redis: {
    names: ['redis-server', 'valkey-server'],
    apt: 'redis-server',
    brew: ['redis'],
  },
  postgres: {
    title: `Postgres ${OLDEST_POSTGRES}`,
    names: ['postgres'],
    // Neither Debian nor Homebrew puts an older version into the PATH.
    files: [
      `/usr/lib/postgresql/${OLDEST_POSTGRES}/bin/postgres`,
      ...BREW_FOLDERS.map((f) => `${f}/opt/postgresql@${OLDEST_POSTGRES}/bin/postgres`),
    ],
    /** All versions go by one name. */
    version: new RegExp(`\\(PostgreSQL\\) ${OLDEST_POSTGRES}\\.`),
    apt: `postgresql-${OLDEST_POSTGRES}`,
    // Else Debian's package makes a database of its own and has it started on port 5432. The setting
    // belongs to a package that this one needs, so that comes first.
    aptFirst: [
      'apt-get install -y postgresql-common',
      `echo 'create_main_cluster = false # callpermit' >>${CREATE_CLUSTER}`,
    ],
    aptLast: [`sed -i '/# callpermit$/d' ${CREATE_CLUSTER}`],
    brew: [`postgresql@${OLDEST_POSTGRES}`],
    instead: 'or name one by TEST_POSTGRES_URL',
  },
  pgbouncer: {
    names: ['pgbouncer'],
    // Debian keeps what only administrators run out of everybody else's PATH.
    files: ['/usr/sbin/pgbouncer', ...BREW_FOLDERS.map((f) => `${f}/bin/pgbouncer`)],
    apt: 'pgbouncer',
    brew: ['pgbouncer'],
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

/** The path of the first of these names that can be run, and is of the version meant. */
export function findProgram({ names, files = [], version }) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FURTHER_FOLDERS];
  const candidates = [...names.flatMap((name) => folders.map((f) => join(f, name))), ...files];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      if (version === undefined) return true;
      const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
      return version.test(stdout ?? '');
    } catch {
      return false;
    }
  });
}

/**
 * Finds a program or installs it, saying so.
 * @returns its path; undefined when it cannot be had (what to type has been said)
 */
export async function ensureProgram(program, print) {
  const found = findProgram(program);
  if (found) return found;
  const steps = installSteps(program);
  const name = program.title ?? program.names[0];
  const instead = program.instead ? `  (${program.instead})` : '';
  if (!steps) {
    const line = aptLines(program).join(' && ');
    print(`No ${name} found, and no way to install it: as root, type  ${line}${instead}`);
    return undefined;
  }
  print(`No ${name} found: installing it by  ${steps.shown}`);
  const output = await runUntilUnlocked(steps.commands, () => findProgram(program));
  const installed = findProgram(program);
  if (!installed)
    print(`${output}\n${name} could not be installed. Type  ${steps.shown}${instead}`);
  return installed;
}

function aptLines({ apt, aptFirst = [], aptLast = [] }) {
  return ['apt-get update', ...aptFirst, `apt-get install -y ${apt}`, ...aptLast];
}

/** Root, password-less sudo, or brew; undefined where there is none of them. */
function installSteps(program) {
  if (findProgram({ names: ['apt-get'] })) {
    const isRoot = process.getuid?.() === 0;
    if (!isRoot && !findProgram({ names: ['sudo'] })) return undefined;
    const line = aptLines(program).join(' && ');
    const quiet = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      // The package's own service is not wanted: sysvinit and systemd, in this order.
      'RUNLEVEL=1',
      'SYSTEMD_OFFLINE=1',
    ];
    // Another npm test may be installing too; seconds.
    const options = '-qq -o DPkg::Lock::Timeout=300';
    return {
      shown: isRoot ? line : `sudo sh -c "${line}"`,
      commands: [
        [
          ...[...(isRoot ? [] : ['sudo', '-n']), ...quiet, 'sh', '-c'],
          line
            .replaceAll('apt-get ', `apt-get ${options} `)
            .replaceAll('install -y', 'install -y --no-install-recommends'),
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
