/** What goes out of `/v1/health`. */
import { z } from 'zod';

const time = z.iso.datetime();

const finding = z
  .object({
    check: z.string().describe('What was looked at: `database`, `queue`, `token` ...'),
    code: z.string().describe('For programs; that of a problem where one was met.'),
    level: z.enum(['ok', 'warn', 'fail']),
    message: z.string().describe('What was found.'),
    next: z.string().nullable().describe('What to do; null: nothing.'),
    unreachable: z.boolean().describe('Out of reach, and not wrong.'),
    sender: z.string().nullable().describe('Phone number id, where it is about one.'),
  })
  .meta({ id: 'Finding' });

/** Answer of `GET /v1/health`. */
export const diagnosis = z
  .object({
    ok: z.boolean().describe('Nothing failed; there may be warnings.'),
    at: time.describe('When database, queue and this machine were looked at.'),
    metaAt: time.describe('When Meta was asked.'),
    findings: z.array(finding),
  })
  .meta({ id: 'Diagnosis' });
