/** A process that listens: `node dist/workers/api.js`. The same as `callpermit api`. */
import { runCli } from '../src/cli/run/run.ts';
import { serve } from '../src/cli/run/services.ts';

await runCli((cli) => serve(cli, 'api', {}), { wantsJson: false });
