/** Everything in one process: `node dist/workers/up.js`. The same as `callpermit up`. */
import { runCli } from '../src/cli/run/run.ts';
import { serve } from '../src/cli/run/services.ts';

await runCli((cli) => serve(cli, 'up', {}), { wantsJson: false });
