/** A process that sends: `node dist/workers/sender.js`. The same as `callpermit sender`. */
import { runCli } from '../src/cli/run/run.ts';
import { serve } from '../src/cli/run/services.ts';

await runCli((cli) => serve(cli, 'sender', {}), { wantsJson: false });
