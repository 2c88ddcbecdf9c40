/** Loaded before a measured program (`node --import`): tells its peak memory in KiB when it ends. */
import { writeFileSync } from 'node:fs';

/** The variable that names the file to write to. */
const FILE = 'BENCH_PEAK_FILE';

// A bench sets it, not a person: it is no setting of callpermit.
const path = process.env[FILE];
process.on('exit', () => {
  if (path !== undefined) writeFileSync(path, String(process.resourceUsage().maxRSS));
});
