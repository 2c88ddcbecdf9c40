/**
 * Reads settings one by one and keeps every problem, so that a person who got three of them wrong
 * is told of three.
 */
import { given } from '../core/given.ts';
import { type Problem, problem } from '../core/problem.ts';
import { withoutLikelySecrets } from '../core/secret-text.ts';
import type { Check } from './checks.ts';
import type { Secret } from './config.ts';
import { secret } from './secret.ts';
import { SETTINGS, type Setting, type SettingName } from './settings.ts';

/** An environment: names and values; an empty value is an unset one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads checked values out of an environment, remembering what was wrong. */
export interface SettingsReader {
  /** The checked value; the table's default when unset; `undefined` when unset or wrong. */
  read<T>(name: SettingName, check: Check<T>): T | undefined;
  /** Like `read`, for a setting that the table gives a default. */
  require<T>(name: SettingName, check: Check<T>): T;
  readSecret(name: SettingName, check: Check<string>): Secret | undefined;
  /** Keeps a problem, without what may be a secret in its text. */
  report(found: Problem): void;
  readonly problems: readonly Problem[];
}

/** Makes a reader of one environment. */
export function settingsReader(env: Environment): SettingsReader {
  const problems: Problem[] = [];
  // Values are quoted, and a token stands in the wrong place more often than one thinks.
  const report = (found: Problem) =>
    problems.push({ ...found, message: withoutLikelySecrets(found.message) });
  const read = <T>(name: SettingName, check: Check<T>): T | undefined => {
    const given = textOf(env, name);
    const text = given ?? defaultOf(name);
    if (text === undefined) return undefined;
    const checked = check(text);
    if (checked.ok) return checked.value;
    report(invalid(name, text, checked.error));
    return undefined;
  };
  return {
    problems,
    read,
    require: (name, check) => read(name, check) ?? valueOfDefault(name, check),
    readSecret: (name, check) => {
      const text = read(name, check);
      return text === undefined ? undefined : secret(text);
    },
    report,
  };
}

/** The trimmed value of a variable; `undefined` when it is unset or empty. */
export function textOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Says that a setting is wrong: its name, its value unless secret, what is expected. */
export function invalid(name: SettingName, value: string, expected: string): Problem {
  const setting: Setting = SETTINGS[name];
  const shown = setting.secret ? 'has a value (not shown) that cannot be used' : `is "${value}"`;
  return problem('SETTING_INVALID', `${name} ${shown}; expected ${expected}.`, {
    where: name,
    ...given({ next: setting.next }),
  });
}

function defaultOf(name: SettingName): string | undefined {
  const setting: Setting = SETTINGS[name];
  return setting.default;
}

/** Stands in for a wrong value while the others are still being checked; it never gets out. */
function valueOfDefault<T>(name: SettingName, check: Check<T>): T {
  const checked = check(defaultOf(name) ?? '');
  if (!checked.ok) throw new Error(`the default of ${name} is wrong: ${checked.error}`);
  return checked.value;
}
