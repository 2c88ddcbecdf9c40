/** Writes `docs/intake-job.schema.json` from the payload's schema; run by `npm run docs:intake-job`. */
import { writeFileSync } from 'node:fs';
import { intakeJobSchema } from '../src/campaign/intake-job.ts';

writeFileSync('docs/intake-job.schema.json', intakeJobSchema());
