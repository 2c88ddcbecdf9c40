/**
 * A person is forgotten: erased from the ledger and from what ended processes have left for it in this machine's folder.
 */
import type {
  ForgetOptions,
  ForgettingStore,
  Forgotten,
  SpoolEraser,
} from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';

/** What was erased, and of how many outcomes in the spool. */
export type ForgottenPerson = Omit<Forgotten, 'theirs'> & { readonly spooled: number };

/** Forgets a person. */
export async function forgetPerson(
  target: {
    readonly ledger: { readonly forgetting: ForgettingStore };
    readonly spool: SpoolEraser;
  },
  p: Omit<ForgetOptions, 'onErase'>,
): Promise<Result<ForgottenPerson, Problem>> {
  let spooled = 0;
  const clean: NonNullable<ForgetOptions['onErase']> = async (theirs) => {
    spooled += await target.spool.forget(theirs);
  };
  // Before, since an outcome that says whom it asked finds no request without a number; and of what came meanwhile.
  const done = await target.ledger.forgetting.forget({ ...p, onErase: clean });
  if (!done.ok) return done;
  const { theirs, ...told } = done.value;
  await clean(theirs);
  return ok({ ...told, spooled });
}
