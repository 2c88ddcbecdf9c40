/** A process that sends: `node dist/workers/sender.js`. The same as `callpermit sender`. */
import { runCli } from '../src/cli/run.ts';
import { serve } from '../src/cli/services.ts';

await runCli((cli) => serve(cli, 'sender', {}), { wantsJson: false });
