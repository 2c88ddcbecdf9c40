import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadEnvironment } from '../../src/config/environment.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'callpermit-env-'));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function load(dotEnv: string, env: Record<string, string>) {
  writeFileSync(join(cwd, '.env'), dotEnv);
  const result = loadEnvironment({ cwd, env });
  return result.ok ? result.value : result.error;
}

test('a .env file is read, comments and quotes as usual', () => {
  expect(load('# a\nPORT=4000 # b\nAPI_KEYS="x y"\n', {})).toEqual({
    PORT: '4000',
    API_KEYS: 'x y',
  });
});

test('a real variable wins over .env', () => {
  expect(load('PORT=4000', { PORT: '5000' })).toEqual({ PORT: '5000' });
});

test('an empty real variable does not hide the one of .env', () => {
  expect(load('PORT=4000', { PORT: '' })).toEqual({ PORT: '4000' });
});

test('without a .env the environment is taken as it is', () => {
  expect(loadEnvironment({ cwd, env: { A: '1' } })).toEqual({ ok: true, value: { A: '1' } });
});

test('a .env that cannot be read is a problem that names it', () => {
  mkdirSync(join(cwd, '.env'));
  const result = loadEnvironment({ cwd, env: {} });
  expect(result).toMatchObject({ ok: false, error: { code: 'SETTING_INVALID' } });
  expect(JSON.stringify(result)).toContain(join(cwd, '.env'));
});
