/**
 * The embedded Postgres outlives single test files, so jest's own process holds it, where nothing
 * compiles TypeScript. `dist` would do, but may be older than the sources: a copy of the few
 * folders it needs is compiled for each run.
 */
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

const FOLDERS = ['src/config', 'src/core', 'src/embedded-postgres', 'workers'];

/** Compiles folders into another one, the statements in them copied. */
export async function compileSources(root, target, folders = FOLDERS) {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'package.json'), '{"type":"module"}');
  await symlink(join(root, 'node_modules'), join(target, 'node_modules'));
  for (const folder of folders) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((n) => /\.(ts|sql)$/.test(n))) {
      const to = join(target, folder, name.replace(/\.ts$/, '.js'));
      await mkdir(dirname(to), { recursive: true });
      if (name.endsWith('.sql')) {
        await cp(join(root, folder, name), to);
        continue;
      }
      const { code } = await transformFile(join(root, folder, name), {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          rewriteRelativeImportExtensions: true,
        },
        module: { type: 'es6' },
      });
      await writeFile(to, code);
    }
  }
}
