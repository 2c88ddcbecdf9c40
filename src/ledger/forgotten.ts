/**
 * The gate that lines of a list pass: people who were forgotten get back, under their numbers, what bars them, before
 * their lines are written. Where nobody was forgotten it is one look a load.
 */
import type { Secret } from '../config/config.ts';
import type { ListLine } from '../core/people/recipient.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { PATIENT_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { keyProof, nameHash } from './name-hash.ts';

const STANDING = {
  name: 'forgetting',
  text: 'select generation::text as generation, proof from forgetting',
};
const RESTORE = { name: 'restore_forgotten', text: 'select restore_forgotten($1, $2) as n' };

/** `need_generation` raises it. */
export const FORGOTTEN_MEANWHILE = 'CP002';

/** How the ledger stands with people who were forgotten. */
export interface Forgetting {
  /** Goes up with each of them: what is written names it. */
  readonly generation: string;
  /** Nobody was forgotten yet, and no key is needed. */
  readonly isUnused: boolean;
}

/** Where lines come in. */
export interface ForgottenGate {
  /** Whether lines may be written by this process: it needs the key where people were forgotten. */
  admit(): Promise<Result<Forgetting, Problem>>;
  /** Looks for those among the lines who were forgotten. */
  restore(lines: readonly ListLine[]): Promise<void>;
}

/** Makes it over a database. */
export function forgottenGate(database: Database, key: Secret | undefined): ForgottenGate {
  return {
    async admit() {
      const [row] = await database.run<{ generation: string; proof: Buffer | null }>(
        STANDING,
        [],
        PATIENT_LIMITS,
      );
      if (row === undefined) throw new Error('the ledger has no row of forgetting');
      const { generation, proof } = row;
      if (proof === null) return ok({ generation, isUnused: true });
      if (key === undefined) return err(keyMissing());
      return keyProof(key).equals(proof) ? ok({ generation, isUnused: false }) : err(otherKey());
    },
    async restore(lines) {
      if (key === undefined) return;
      const found = new Map<string, readonly [Buffer, string]>();
      for (const line of lines) {
        if (line.kind !== 'recipient') continue;
        const hash = nameHash(key, line.recipient.to);
        found.set(hash.toString('latin1'), [hash, line.recipient.to]);
      }
      const all = [...found.values()];
      const values = [all.map(([hash]) => hash), all.map(([, to]) => to)];
      await database.run(RESTORE, values, PATIENT_LIMITS);
    },
  };
}

function keyMissing(): Problem {
  return problem(
    'SETTING_MISSING',
    'FORGET_KEY is not set, and people of this ledger were forgotten: who of a list they are is known by it alone.',
    { where: 'FORGET_KEY', next: 'Set it to the key that `callpermit forget` had.' },
  );
}

/** FORGET_KEY is not the one of this ledger. */
export function otherKey(): Problem {
  return problem(
    'SETTING_INVALID',
    'FORGET_KEY is another one than that by which people of this ledger were forgotten.',
    { where: 'FORGET_KEY', next: 'Set it to the key that `callpermit forget` had first.' },
  );
}
