/** Work that waits for its turn in this process: a crowd that asks a pool of few connections runs into its time-outs. */

/** Does `work` when its turn comes. */
export type Line = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a line.
 * @param width how many work at once
 * @example
 * const inLine = createLine(2);
 * const row = await inLine(() => ledger.campaigns.get(id));
 */
export function createLine(width: number): Line {
  const waiting: (() => void)[] = [];
  let working = 0;
  return async (work) => {
    if (working >= width) await new Promise<void>((turn) => waiting.push(turn));
    else working += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) working -= 1;
      else next();
    }
  };
}
