/**
 * CPU time of programs with all of their processes, from Linux's `/proc`. How it is exact:
 *
 * - Processes come and go. One that was waited for stands in `cutime` and `cstime` of its parent; one that runs, or
 *   has ended and was not waited for, in a file of its own. Each is read after its parent: where its file is still there,
 *   what was read of the parent did not have it yet, and it is counted once. Where it is gone, all is read again.
 *   One that begins meanwhile has run for less than the look takes (some ms). What a process orphans is lost to it: neither
 *   Postgres nor Redis nor a program of ours does that.
 * - `utime + stime` is the scheduler's own sum in ns, no count of ticks, but both are shown in whole hundredths of a
 *   second: up to 20 ms too little a process. `schedstat` shows the ns of each thread that lives. The greater of the two
 *   is taken: exact where no thread has ended, and never more than 20 ms too little.
 * - What runs at that very moment was last added up at the scheduler's last tick (1 to 10 ms ago).
 */
import { readdirSync, readFileSync } from 'node:fs';

/** What `/proc` says of one process. */
export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** Its own CPU time so far, ms. */
  readonly own: number;
  /** That of its children it has waited for, with theirs, ms. */
  readonly ended: number;
}

/** `USER_HZ`, what the kernel shows times in, is 100 whatever its own ticks are (man 5 proc). */
const TICK_MS = 10;
/** Processes end once in a while, and a look takes some ms. */
const LOOKS = 100;

/** CPU time of each of these processes and everything below it, what has ended included, ms. */
export function cpuOf(roots: readonly number[]): readonly number[] {
  for (let i = 0; i < LOOKS; i += 1) {
    const sums = lookAt(roots);
    if (sums !== undefined) return sums;
  }
  throw new Error(
    `one of the processes ${roots.join(', ')} has ended, or its children end all the time`,
  );
}

/** The most memory a process has had so far (resident set), in MB. */
export function peakMbOf(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(found?.[1]) * 1_024) / 1e6;
}

/** Of these the process itself and all below it, each after its parent. */
export function treeOf(root: number, all: readonly ProcessTimes[]): readonly ProcessTimes[] {
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/**
 * Reads one process.
 * @param stat of `/proc/<pid>/stat`; its second field is a name that may hold anything
 * @param threads ns that each of its threads has run
 */
export function timesOf(stat: string, threads: readonly number[]): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Numbered as in man 5 proc, where the state after the name is the third.
  const field = (n: number) => Number(fields[n - 3]);
  const shown = (field(14) + field(15)) * TICK_MS;
  const run = threads.reduce((sum, ns) => sum + ns, 0) / 1e6;
  return {
    pid: Number.parseInt(stat, 10),
    parent: field(4),
    own: Math.max(shown, run),
    ended: (field(16) + field(17)) * TICK_MS,
  };
}

/** One look; `undefined` when a process went before it was read. */
function lookAt(roots: readonly number[]): readonly number[] | undefined {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = read(`/proc/${pid}/stat`);
      return stat === undefined ? [] : [timesOf(stat, [])];
    });
  const sums = roots.map((root) => sumOf(treeOf(root, all).map(({ pid }) => pid)));
  return sums.every((sum) => sum !== undefined) ? sums : undefined;
}

/** Each process with what it has waited for, ms; in this order. */
function sumOf(pids: readonly number[]): number | undefined {
  let sum = 0;
  for (const pid of pids) {
    const threads = threadsOf(pid);
    const stat = read(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    const { own, ended } = timesOf(stat, threads);
    sum += own + ended;
  }
  return pids.length === 0 ? undefined : sum;
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((task) =>
      // Absent in kernels without CONFIG_SCHED_INFO.
      Number.parseInt(read(`/proc/${pid}/task/${task}/schedstat`) ?? '0', 10),
    );
  } catch (error) {
    return whereGone(error, []);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return whereGone(error, undefined);
  }
}

/** A process that has ended has no files, and none that are open say anything. */
function whereGone<T>(error: unknown, instead: T): T {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ESRCH') return instead;
  throw error;
}
