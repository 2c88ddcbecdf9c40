#!/usr/bin/env node
/** The command line. */
import { createProgram } from './run/program.ts';
import { runCli } from './run/run.ts';

const words = process.argv.slice(2);
const options = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;

await runCli((cli) => createProgram(cli).parseAsync(process.argv), {
  wantsJson: options.includes('--json'),
});
