/** A process that takes webhooks: `node dist/workers/receiver.js`. The same as `callpermit receiver`. */
import { runCli } from '../src/cli/run/run.ts';
import { serve } from '../src/cli/run/services.ts';

await runCli((cli) => serve(cli, 'receiver', {}), { wantsJson: false });
