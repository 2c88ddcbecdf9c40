/**
 * Files in `DATA_DIR/spool` with the outcomes that a process could not write before it ended. Lost
 * ones would be `uncertain` although their answer was read; one written into another ledger would
 * settle other people's requests, so each file carries the id of its ledger.
 *
 * A file is written beside, synced, renamed to its name, and its folder is synced. Whoever takes it
 * renames it to `<name>.<process id>.taken`, so that of many processes one does, and removes it after
 * the commit. Where that process is gone the next one takes it over; two that take the same file (a
 * process id says nothing beyond its container) only write the same fenced outcomes twice.
 *
 * In a file stand ids, codes, Meta's messages and ids and the wa_ids it named: what the ledger would hold
 * of the same outcomes, and nobody's parameters or token. It is readable by its owner only.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Leftover, RecordEntry, Spool, SpoolEraser, SpoolFile } from '../core/ports/index.ts';
import { problem } from '../core/problem.ts';
import { err, ok } from '../core/result.ts';

const entry = z.looseObject({
  request: z.string().regex(/^\d+$/),
  fence: z.number().int(),
  state: z.string(),
  outcome: z.enum(['accepted', 'refused', 'uncertain', 'unsent', 'doubted']),
  countAttempt: z.boolean(),
  giveBackAllowance: z.boolean(),
});

const content = z.strictObject({
  version: z.literal(1),
  ledger: z.string(),
  outcomes: z.array(entry),
  unread: z.array(z.strictObject({ senderId: z.string(), claimId: z.string() })),
});

const WAITING = /^[0-9a-f-]{36}\.json$/;
const TAKEN = /^([0-9a-f-]{36}\.json)\.(\d+)\.taken$/;

/**
 * A taker that is gone but whose process id another program has now, ms. Writing a file's outcomes
 * takes seconds; a second taker changes nothing.
 */
const TAKEN_FOR_MS = 60_000;

/** The spool of `dataDir` for a ledger; to `undefined`, for who only looks, every file is another ledger's. */
export function openSpool(p: {
  readonly dataDir: string;
  readonly ledgerId: string | undefined;
}): Spool & SpoolEraser {
  const folder = path.join(p.dataDir, 'spool');

  /** Names of the files that nobody living is taking. */
  async function names(): Promise<readonly string[]> {
    const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const free = await Promise.all(
      all.map(async (name) => {
        const taker = TAKEN.exec(name)?.[2];
        return taker === undefined ? WAITING.test(name) : !(await isHeld(name, Number(taker)));
      }),
    );
    return all.filter((_, n) => free[n]);
  }

  async function isHeld(name: string, taker: number): Promise<boolean> {
    if (!isOther(taker)) return false;
    // A file is renamed when it is taken, and that sets its time of change.
    const file = await stat(path.join(folder, name)).catch(ignoreGone);
    return file !== undefined && Date.now() - file.ctimeMs < TAKEN_FOR_MS;
  }

  async function look(name: string): Promise<SpoolFile & { readonly left?: Leftover }> {
    const file = path.join(folder, name);
    const read = parse(await readFile(file, 'utf8'));
    if (read === undefined) return { path: file, standing: 'unreadable' };
    const count = read.outcomes.length + read.unread.length;
    if (read.ledger !== p.ledgerId) return { path: file, count, standing: 'other-ledger' };
    // Written by `save` and checked for its form; the ledger judges what is inside.
    const outcomes = read.outcomes as unknown as readonly RecordEntry[];
    return { path: file, count, standing: 'ours', left: { outcomes, unread: read.unread } };
  }

  /** The file under a name of this process; `undefined` where another one was faster. */
  async function seize(name: string): Promise<string | undefined> {
    const plain = TAKEN.exec(name)?.[1] ?? name;
    const mine = `${plain}.${process.pid}.taken`;
    try {
      await rename(path.join(folder, name), path.join(folder, mine));
      return mine;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  return {
    async save(left) {
      const count = left.outcomes.length + left.unread.length;
      const file = path.join(folder, `${randomUUID()}.json`);
      if (p.ledgerId === undefined) throw new Error('outcomes belong to a ledger');
      const text = JSON.stringify({ version: 1, ledger: p.ledgerId, ...left });
      try {
        await writeSynced(folder, file, text);
        return ok({ path: file, count, standing: 'ours' });
      } catch (error) {
        await rm(`${file}.new`, { force: true }).catch(() => undefined);
        const lost = `${count} ${count === 1 ? 'outcome is' : 'outcomes are'} lost`;
        return err({
          lost: count,
          problem: problem(
            'OUTCOMES_LOST',
            `The database does not answer and ${folder} cannot be written (${codeOf(error)}): ${lost}, and those requests become uncertain.`,
            { where: 'DATA_DIR', next: 'Make DATA_DIR a folder that can be written.' },
          ),
        });
      }
    },
    async take(record) {
      let taken = 0;
      for (const name of await names()) {
        const found = await look(name).catch(ignoreGone);
        if (found?.left === undefined) continue;
        const mine = await seize(name);
        if (mine === undefined) continue;
        await record(found.left);
        await rm(path.join(folder, mine), { force: true });
        await syncFolder(folder);
        taken += found.count ?? 0;
      }
      return taken;
    },
    async forget(person) {
      let changed = 0;
      for (const name of await names()) {
        const found = await look(name).catch(ignoreGone);
        if (found?.left === undefined) continue;
        const { outcomes, unread } = found.left;
        const cleaned = outcomes.map((one) => withoutPerson(one, person));
        const n = cleaned.filter((one, i) => one !== outcomes[i]).length;
        if (n === 0) continue;
        const mine = await seize(name);
        if (mine === undefined) continue;
        // Beside the old file for a moment: who takes both writes the same outcomes twice.
        const text = JSON.stringify({ version: 1, ledger: p.ledgerId, outcomes: cleaned, unread });
        await writeSynced(folder, path.join(folder, `${randomUUID()}.json`), text);
        await rm(path.join(folder, mine), { force: true });
        await syncFolder(folder);
        changed += n;
      }
      return changed;
    },
    async waiting() {
      const files: SpoolFile[] = [];
      for (const name of await names()) {
        const found = await look(name).catch(ignoreGone);
        if (found === undefined) continue;
        const { left: _, ...file } = found;
        files.push(file);
      }
      return files;
    },
  };
}

/** An outcome as it was; of the person's, without all that names them: by its id and fence it still finds its request. */
function withoutPerson(
  entry: RecordEntry,
  person: Parameters<SpoolEraser['forget']>[0],
): RecordEntry {
  const isTheirs =
    person.requests.has(entry.request) ||
    Object.values(entry).some((value) => typeof value === 'string' && person.mentions(value));
  if (!isTheirs) return entry;
  const { to, waId, wamid, raw, errorMessage, ...rest } = entry;
  const isNamed = [to, waId, wamid, raw, errorMessage].some((value) => value !== undefined);
  return isNamed ? rest : entry;
}

function parse(text: string): z.output<typeof content> | undefined {
  try {
    return content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function writeSynced(folder: string, file: string, text: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(path.dirname(folder));
  const handle = await open(`${file}.new`, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  await syncFolder(folder);
}

/** A name is in its folder for good only once the folder itself is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** True for another process of this machine that lives; a failed try of our own is taken again. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function ignoreGone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
}

function codeOf(error: unknown): string {
  return String((error as { readonly code?: unknown }).code ?? 'unknown error');
}
