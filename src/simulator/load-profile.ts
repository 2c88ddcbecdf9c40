/** Reads and checks a profile; a wrong field is named with its value, so nobody has to guess. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { profileSchema, type SimulatorProfile } from './profile.ts';

const SECRET: ReadonlySet<PropertyKey> = new Set(['tokens', 'token', 'appSecret']);

/** Checks a profile given as a value; `where` names its source in the problem. */
export function checkProfile(input: unknown, where = 'profile'): Result<SimulatorProfile, Problem> {
  const parsed = profileSchema.safeParse(input ?? {});
  if (parsed.success) return ok(parsed.data);
  const issue = firstIssue(parsed.error);
  const field = issue === undefined ? '' : pathOf(issue);
  return err(
    problem(
      'SETTING_INVALID',
      `The simulator's profile is wrong at ${field === '' ? 'its top' : `\`${field}\``}: ${issue?.message ?? 'unreadable'}${valueAt(input, issue?.path ?? [])}.`,
      { where: field === '' ? where : `${where}: ${field}`, next: 'Correct that field.' },
    ),
  );
}

/** Reads the JSON file at `path`. */
export function loadProfile(path: string): Result<SimulatorProfile, Problem> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return err(
      problem('USAGE', `The profile ${path} cannot be read (${codeOf(cause)}).`, {
        where: path,
        next: 'Give --profile the path of a JSON file.',
      }),
    );
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return err(
      problem('SETTING_INVALID', `The profile ${path} is not JSON: ${detail}.`, {
        where: path,
        next: 'Correct the file.',
      }),
    );
  }
  return checkProfile(input, path);
}

/** What is wrong first; of several forms a value may have, by the one it comes closest to. */
export function firstIssue(error: z.ZodError): z.core.$ZodIssue | undefined {
  let issue: z.core.$ZodIssue | undefined = error.issues[0];
  while (issue?.code === 'invalid_union') {
    const outer: z.core.$ZodIssueInvalidUnion = issue;
    const closest = outer.errors
      .map((issues) => issues[0])
      .find(
        (inner) => inner !== undefined && inner.path.length > 0 && inner.code !== 'invalid_union',
      );
    if (closest === undefined) return outer;
    issue = { ...closest, path: [...outer.path, ...closest.path] };
  }
  return issue;
}

/** `faults[0].effect.code`, as one would write it in a program. */
export function pathOf(issue: z.core.$ZodIssue): string {
  const path =
    issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): string {
  // Secrets may stand in a profile; they never stand in a message.
  if (path.some((step) => SECRET.has(step))) return '';
  let value = input;
  for (const step of path) {
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[step];
  }
  if (value === undefined || typeof value === 'object') return '';
  return `, got ${JSON.stringify(value)}`;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
}
