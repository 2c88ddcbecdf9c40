/** Keys of the HTTP API made and revoked; the same by the command line and over HTTP. */
import { isKeyName, type KeyScope } from '../core/api-key.ts';
import type { ApiKey, KeyStore } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

/** Makes a key; its text is given this once. */
export async function createKey(
  keys: Pick<KeyStore, 'create'>,
  p: { readonly name: string; readonly scope: KeyScope },
): Promise<Result<ApiKey & { readonly key: string }, Problem>> {
  if (!isKeyName(p.name))
    return err(
      problem('USAGE', 'This is no name of a key.', {
        where: 'name',
        next: 'Give 1 to 64 letters, digits and ._- , a letter or digit first, and not the form of an id.',
      }),
    );
  const made = await keys.create(p);
  if (made !== undefined) return ok(made);
  return err(
    problem('CONFLICT', `There is a key "${p.name}" in force.`, {
      where: 'name',
      next: `Give it another name, or revoke that one: callpermit key revoke ${p.name}`,
    }),
  );
}

/** Revokes the key of an id, or the one in force of a name. */
export async function revokeKey(
  keys: Pick<KeyStore, 'revoke'>,
  idOrName: string,
): Promise<Result<ApiKey & { readonly wasRevoked: boolean }, Problem>> {
  const revoked = await keys.revoke(idOrName);
  if (revoked !== undefined) return ok(revoked);
  return err(
    problem('NOT_FOUND', 'There is no key of this name or id.', {
      where: 'key',
      next: 'See: callpermit key list. Keys of API_KEYS are taken out of that setting.',
    }),
  );
}
