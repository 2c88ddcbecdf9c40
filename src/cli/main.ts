#!/usr/bin/env node
/** The command line. */
import { createProgram } from './run/program.ts';
import { runCli } from './run/run.ts';

const args = process.argv.slice(2);
const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;

await runCli((cli) => createProgram(cli).parseAsync(process.argv), {
  wantsJson: options.includes('--json'),
});
