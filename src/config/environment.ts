/** The one place that reads `process.env`; Biome's `noProcessEnv` is off for this file alone. */
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readSettingsFile } from './settings-file.ts';
import type { Environment } from './settings-reader.ts';

/**
 * The environment with the `.env` of a folder beneath it. A real variable wins, unless it is empty:
 * an empty value is an unset one.
 */
export function loadEnvironment(
  options: { readonly cwd?: string; readonly env?: Environment } = {},
): Result<Environment, Problem> {
  const env = options.env ?? process.env;
  const path = join(options.cwd ?? process.cwd(), '.env');
  const text = readSettingsFile(path);
  if (!text.ok) {
    if (text.error === 'ENOENT' || text.error === 'ENOTDIR') return ok(env);
    const message = `The settings file ${path} cannot be read (${text.error}).`;
    return err(problem('SETTING_INVALID', message, { where: path, next: 'Repair or remove it.' }));
  }
  const real = Object.entries(env).filter(
    ([, value]) => value !== undefined && value.trim() !== '',
  );
  return ok({ ...parseEnv(text.value), ...Object.fromEntries(real) });
}
