/**
 * Does what a pause asks of an operator: where the outcome of fifty requests in a row is not known, look, then resume.
 * The server of a run answers late for seconds where the machine stands still, and then nobody is at fault. Each
 * time is counted and shown; a campaign that is paused for anything else, or again and again, is stuck.
 */
import type { Ground } from './ground.ts';
import type { Standing, Witness } from './witness.ts';

const NO_ANSWERS = /^The outcome of \d+ requests in a row is not known/;
/** More often than this is no machine that stood still. */
const MOST_RESUMES = 20;

/** Whoever resumes. */
export interface Operator {
  /** Resumes the campaigns that a server without answers has paused; gives whether there was one. */
  resume(ids: readonly string[], standing: Standing): Promise<boolean>;
  /** How often. */
  resumed(): number;
}

/** Makes one. */
export function createOperator(ground: Pick<Ground, 'run'>, witness: Witness): Operator {
  let resumed = 0;
  return {
    async resume(ids, standing) {
      if (standing.state !== 'paused' || resumed >= MOST_RESUMES) return false;
      const before = resumed;
      for (const id of ids) {
        const { state, reason } = await witness.standing(id);
        if (state !== 'paused' || !NO_ANSWERS.test(reason ?? '')) continue;
        const { code } = await ground.run(['campaign', 'resume', id]);
        if (code === 0) resumed += 1;
      }
      return resumed > before;
    },
    resumed: () => resumed,
  };
}
