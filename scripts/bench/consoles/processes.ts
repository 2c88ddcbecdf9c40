/** What processes take, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ticks of the processor's clock a second, on every Linux that Node runs on. */
const TICKS = 100;

/** Seconds of a processor that a process has taken so far. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Its name may hold anything; what follows are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Which part of a core a process takes, over so long. */
export async function shareOfCore(pid: number, ms: number): Promise<number> {
  const [before, began] = [cpuOf(pid), performance.now()];
  await sleep(ms);
  return (cpuOf(pid) - before) / ((performance.now() - began) / 1_000);
}

/** Memory of a browser, MB: of all its processes, what they share counted once, and of the one that draws a page. */
export function memoryOf(browser: number): { readonly all: number; readonly page: number } {
  const own = descendants(browser).map((pid) => ({ pid, mb: privateMb(pid) }));
  const pages = own.filter(({ pid }) => commandOf(pid).includes('--type=renderer'));
  return {
    all: own.reduce((sum, { mb }) => sum + mb, 0),
    page: Math.max(0, ...pages.map(({ mb }) => mb)),
  };
}

/** Proportional set size: pages that several processes share are divided among them. */
function privateMb(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1_024;
  } catch {
    // It has ended.
    return 0;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function descendants(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  const found = [root];
  for (let i = 0; i < found.length; i += 1)
    for (const [pid, parent] of parents) if (parent === found[i]) found.push(pid);
  return found;
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
