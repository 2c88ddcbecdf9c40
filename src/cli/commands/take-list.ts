/** `send` and `enqueue` hand a list over: what they give to the one way in, and what they say of it. */
import { basename } from 'node:path';
import { type HandedOver, handOver } from '../../campaign/hand-over.ts';
import type { HandOverTarget } from '../../campaign/hand-over-target.ts';
import { readName } from '../../core/campaign-options.ts';
import type { GraphPort } from '../../core/ports/index.ts';
import { type App, openApp, openGraph, openIntake } from '../../wiring.ts';
import type { ListOptions } from '../options/list-options.ts';
import type { Cli } from '../run/cli.ts';
import { thrown, unwrap } from '../run/failure.ts';
import { orStopped } from '../run/shutdown.ts';
import { keepHeapSmall } from '../run/small-heap.ts';
import { readingProgress } from '../screen/progress.ts';
import { printRefused, type RefusedTap, refusedTap } from '../screen/refused.ts';

/** A list in the ledger, and the ledger still open. */
export interface Taken {
  readonly app: App;
  readonly campaign: HandedOver;
  readonly refused: RefusedTap;
}

/**
 * Hands the list at `path` (`-`: standard input) over. Throws problems; whatever it opened is closed then.
 * The caller closes `app`.
 */
export async function takeList(
  cli: Cli,
  p: {
    readonly path: string;
    readonly options: ListOptions & { readonly start?: boolean };
    readonly queue: 'needed' | 'none';
    readonly name: string;
    readonly signal: AbortSignal;
  },
): Promise<Taken> {
  const { path, options, signal } = p;
  keepHeapSmall();
  const { format, refused: report, json: _json, ...said } = options;
  let refused: RefusedTap | undefined;
  const progress = readingProgress(cli.terminal);
  const { target, opened, close } = await targetOf(cli, p);
  try {
    const handed = await handOver(target, {
      options: { name: nameOf(path), ...said },
      list: openIntake().file(path, { signal, ...(format === undefined ? {} : { format }) }),
      signal,
      listener: {
        onWarning: (warning) =>
          cli.terminal.note(`${cli.terminal.paint('yellow', 'warning:')} ${warning}`),
        onWait: () =>
          cli.terminal.note('Another command reads a list into this campaign; waiting up to 30 s.'),
        onProgress: progress.update,
        through(batches) {
          refused = refusedTap(report);
          return refused.batches(batches, signal);
        },
      },
    });
    progress.stop();
    const tap: RefusedTap | undefined = refused;
    await tap?.close();
    const app = opened();
    if (handed.ok && app !== undefined && tap !== undefined)
      return { app, campaign: handed.value, refused: tap };
    if (handed.ok) throw new Error('a list is in that was never read, or without a ledger');
    if (tap !== undefined) printRefused(cli, tap);
    const { refusedLines: _, ...problem } = handed.error;
    throw thrown(problem);
  } catch (error) {
    progress.stop();
    await close();
    throw error;
  }
}

/** Lines to Meta for the preflight alone, and then the database and the queue, which may hang. */
async function targetOf(
  cli: Cli,
  p: { readonly queue: 'needed' | 'none'; readonly name: string; readonly signal: AbortSignal },
): Promise<{
  readonly target: HandOverTarget;
  opened(): App | undefined;
  close(): Promise<void>;
}> {
  const config = cli.config();
  const log = await cli.log(p.name);
  const lines: GraphPort[] = [];
  let app: App | undefined;
  const hangUp = async () => void (await Promise.all(lines.splice(0).map((line) => line.close())));
  return {
    target: {
      config,
      tokens: 'needed',
      async meta(senderId) {
        const line = await openGraph(config, senderId);
        if (line.ok) lines.push(line.value);
        return line;
      },
      async ledger() {
        await hangUp();
        app = unwrap(await orStopped(openApp(config, log, { queue: p.queue }), p.signal));
        return app.ledger;
      },
    },
    opened: () => app,
    async close() {
      await hangUp();
      await app?.close();
    },
  };
}

/** A campaign goes by its file's name; one from standard input, or from a file with an odd name, by none. */
function nameOf(path: string): string | undefined {
  const name = readName(basename(path));
  return path !== '-' && name.ok ? name.value : undefined;
}
