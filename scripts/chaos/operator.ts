/**
 * Does what a pause asks of an operator: look, then resume, where the outcome of fifty requests in a row is not known, or
 * where Meta refused with a code that is none. The server of a run answers late for seconds where the machine stands
 * still, and then nobody is at fault; its poisoned answers have codes that no integer holds, and where all that is left
 * of a campaign is refused, five of them are a row. Each time is counted and shown; a campaign that is paused for
 * anything else, or again and again, is stuck.
 */
import type { Ground } from './ground.ts';
import type { Standing, Witness } from './witness.ts';

const NO_FAULT = /^The outcome of \d+ requests in a row is not known|^Meta refused with -1: /;
/** More often than this is no machine that stood still. */
const MOST_RESUMES = 20;

/** Whoever resumes. */
export interface Operator {
  /** Resumes the campaigns that are paused for what the server of the run did; gives whether there was one. */
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
        if (state !== 'paused' || !NO_FAULT.test(reason ?? '')) continue;
        const { code } = await ground.run(['campaign', 'resume', id]);
        if (code === 0) resumed += 1;
      }
      return resumed > before;
    },
    resumed: () => resumed,
  };
}
