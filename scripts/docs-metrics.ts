/** Writes `docs/metrics.md` from the table of metrics; run by `npm run docs:metrics`. */
import { writeFileSync } from 'node:fs';
import { metricsMarkdown } from '../src/telemetry/metrics/describe.ts';

writeFileSync('docs/metrics.md', metricsMarkdown());
