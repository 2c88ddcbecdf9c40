/** Writes `docs/settings.md` and `.env.example` from the table; run by `npm run docs:settings`. */
import { writeFileSync } from 'node:fs';
import { envExample, settingsMarkdown } from '../src/config/describe.ts';

writeFileSync('docs/settings.md', settingsMarkdown());
writeFileSync('.env.example', envExample());
