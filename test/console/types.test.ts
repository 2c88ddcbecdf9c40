/** The console's types of the HTTP API are those of its description. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

it('is what `npm run console:types` writes', () => {
  const made = execFileSync(
    process.execPath,
    [join(ROOT, 'scripts/console-types.mjs'), '--print'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  expect(readFileSync(join(ROOT, 'src/console/api/schema.ts'), 'utf8')).toBe(made);
});
