/** A list from the disk or from standard input, with words for everything a path can be. */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Problem, problem } from '../core/problem.ts';
import { err, type Result } from '../core/result.ts';
import { type ListFormat, type ListRules, type OpenList, openList } from './list.ts';

/** Bytes read at once: above 256 KiB nothing gets faster. */
const CHUNK_BYTES = 262_144;

/** Opens the list at `path`; `-` is standard input. */
export async function openListFile(
  path: string,
  options: ListRules & { readonly format?: ListFormat } = {},
): Promise<Result<OpenList, Problem>> {
  if (path === '-') return openList({ ...options, source: process.stdin, name: 'standard input' });
  try {
    if ((await stat(path)).isDirectory()) {
      return err(
        unreadable(
          path,
          `"${path}" is a directory, not a list.`,
          'Name a file in it, or - for standard input.',
        ),
      );
    }
    const file = await open(path);
    const source = file.createReadStream({ highWaterMark: CHUNK_BYTES });
    return await openList({ ...options, source, name: basename(path) });
  } catch (error) {
    return err(fileProblem(path, error));
  }
}

function fileProblem(path: string, error: unknown): Problem {
  // Without `errno` it is no answer of the operating system, but a mistake of ours.
  const isSystem = typeof error === 'object' && error !== null && 'errno' in error;
  if (!isSystem || !('code' in error)) throw error;
  const code = String(error.code);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return unreadable(path, `There is no file "${path}".`, 'Look at the path.');
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unreadable(
      path,
      `The file "${path}" may not be read.`,
      'Give this user the right to read it.',
    );
  }
  return unreadable(
    path,
    `The file "${path}" cannot be read (${code}).`,
    'Look at the disk, or copy the file.',
  );
}

function unreadable(path: string, message: string, next: string): Problem {
  return problem('LIST_UNREADABLE', message, { where: path, next });
}
