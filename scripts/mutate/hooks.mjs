/**
 * How Node loads the tests where mutants are tried: TypeScript through swc, as jest does it, and jest's own `expect`
 * and `describe` in place of `@jest/globals`, which works inside jest alone.
 */
import { readFile } from 'node:fs/promises';
import { transform } from '@swc/core';

const GLOBALS = new URL('./globals.mjs', import.meta.url).href;
const SWC = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
  sourceMaps: false,
};
const compiled = new Map();

/** A file that was imported as `x.ts?load=2` imports its own in the same way: each load is a tree of its own. */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  const resolved = await next(specifier, context);
  const load = context.parentURL ? new URL(context.parentURL).search : '';
  return resolved.url.endsWith('.ts') ? { ...resolved, url: `${resolved.url}${load}` } : resolved;
}

/** Compiled once, however often it is loaded. */
export async function load(url, context, next) {
  const file = new URL(url);
  if (!file.pathname.endsWith('.ts')) return next(url, context);
  file.search = '';
  const source = compiled.get(file.href) ?? (await compile(file));
  compiled.set(file.href, source);
  return { format: 'module', source, shortCircuit: true };
}

async function compile(file) {
  const { code } = await transform(await readFile(file, 'utf8'), {
    ...SWC,
    filename: file.pathname,
  });
  return code;
}
