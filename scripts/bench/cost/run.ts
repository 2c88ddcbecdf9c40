/** Runs one case of any kind. */
import type { CostCase, OursCase, PauseCase, PlainCase, StartCase } from './cases.ts';
import type { Cost, CostGround } from './measure.ts';
import { type OursCost, runOurs } from './run-ours.ts';
import { type Paused, runPause } from './run-pause.ts';
import { runPlain } from './run-plain.ts';
import { runStart, type Started } from './run-start.ts';

/** One of ours with what it came to. */
export type OursLine = OursCase & { readonly measured: OursCost };
/** What it is compared with. */
export type PlainLine = PlainCase & { readonly measured: Cost };
/** A case with what it came to. */
export type CostLine =
  | OursLine
  | PlainLine
  | (StartCase & { readonly measured: Started })
  | (PauseCase & { readonly measured: Paused });

/**
 * Runs the nth case.
 * @param p.keep its database stays, and Postgres may clean up in it while the next cases are measured
 */
export async function runCostCase(
  c: CostCase,
  n: number,
  at: CostGround,
  p: { readonly keep: boolean },
): Promise<CostLine> {
  try {
    return await runOfKind(c, n, at);
  } finally {
    if (!p.keep) await at.ground.dropDatabase(`case_${n}`);
  }
}

async function runOfKind(c: CostCase, n: number, at: CostGround): Promise<CostLine> {
  switch (c.kind) {
    case 'ours':
      return { ...c, measured: await runOurs(c, n, at) };
    case 'plain':
      return { ...c, measured: await runPlain(c, n, at) };
    case 'start':
      return { ...c, measured: await runStart(c, n, at) };
    case 'pause':
      return { ...c, measured: await runPause(c, n, at) };
  }
}
