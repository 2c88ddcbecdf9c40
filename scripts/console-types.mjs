/**
 * `npm run console:types`: writes the types of the HTTP API (`docs/openapi.json`) for the console, `src/console/api/schema.ts`.
 * With `--print` they go to standard output instead. The generator lies with the compiler it needs, in `test/generated-client`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const draft = join(tmpdir(), `callpermit-types-${process.pid}.ts`);
const made = spawnSync(
  join(root, 'test/generated-client/node_modules/.bin/openapi-typescript'),
  [join(root, 'docs/openapi.json'), '--output', draft],
  { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
);
if (made.status !== 0) process.exit(1);
const text = readFileSync(draft, 'utf8');
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(join(root, 'src/console/api/schema.ts'), text);
