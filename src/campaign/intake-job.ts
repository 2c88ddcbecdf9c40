/**
 * What a job of the intake queue holds: one person, under the names of `POST /v1/requests`. It is what
 * `callpermit/intake-job` exports, so it imports nothing but zod and rules of ours that need nothing else.
 * docs/intake-job.schema.json is made from it.
 */
import { z } from 'zod';
import { INTAKE_JOB, INTAKE_QUEUE } from '../core/intake-queue.ts';
import { unknownName } from '../core/nearest.ts';
import { tooMuchOf } from '../core/people/line-bounds.ts';
import { isUserId } from '../core/people/user-id.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

export { INTAKE_JOB, INTAKE_QUEUE };

const text = z.union([z.string(), z.number()]);

/** The data of a job. */
export const intakeJob = z
  .strictObject({
    to: z.string().optional().describe('Phone number, e.g. +16505551234. This, or `user_id`.'),
    user_id: z
      .string()
      .refine(isUserId, "expected a user id of Meta's, like US.13491208655302741918")
      .optional()
      .describe("Meta's id of the person for your business. This, or `to`."),
    template: z
      .string()
      .regex(/^[^\p{Cc}\p{Cs}]{1,512}$/u, 'give the name of a template, 1 to 512 characters'),
    language: z
      .string()
      .regex(/^\s*[A-Za-z0-9_-]{2,15}\s*$/, 'give a language code, e.g. en or pt_BR')
      .describe('Language code of the template, e.g. `en` or `pt_BR`.'),
    parameters: z
      .union([z.array(text), z.record(z.string(), text)])
      .optional()
      .describe('In the order of a positional template, or by the names of a named one.')
      .meta({ examples: [['Ann']] }),
    reference: text
      .optional()
      .describe(
        'Your own name for this request, 255 characters at most; comes back. One reference is one request, for good, unless there is an `idempotencyKey`.',
      ),
    idempotencyKey: z
      .string()
      .regex(/^[^\p{Cc}\p{Cs}]{1,255}$/u, 'give 1 to 255 characters in one line')
      .optional()
      .describe('In place of the reference and of the job id: one key is one request, for good.'),
    sender: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'give a phone number id')
      .optional()
      .describe('Phone number id; without it the first of the settings.'),
    onPairLimit: z
      .enum(['wait', 'skip'])
      .optional()
      .describe('Where the person was asked too often lately; `wait` by default.'),
    includeGranted: z.boolean().optional().describe('Ask too where a permission still holds.'),
    includeDeclined: z
      .boolean()
      .optional()
      .describe(
        'Ask too where the person declined within the last seven days, or took a permission back.',
      ),
    notAfter: z.string().optional().describe('Not asked after: ISO 8601 with a zone.'),
    defaultCountry: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'give a country as two letters, e.g. US')
      .optional()
      .describe(
        'Country of a number without a country code; `DEFAULT_COUNTRY` of callpermit by default.',
      ),
    numbers: z
      .enum(['national', 'international'])
      .optional()
      .describe('How digits without a plus are read, where they are numbers of two countries.'),
    skipPreflight: z.boolean().optional().describe('Do not ask Meta about the template first.'),
  })
  .refine(({ to, user_id }) => (to === undefined) !== (user_id === undefined), {
    error: 'give either to or user_id',
    path: ['to'],
  })
  .meta({
    title: `Job ${INTAKE_JOB} of the queue ${INTAKE_QUEUE}`,
    oneOf: [{ required: ['to'] }, { required: ['user_id'] }],
    examples: [
      {
        to: '+16505551234',
        template: 'sample_cpr_template',
        language: 'en',
        parameters: ['Ann'],
        reference: 'order 7',
      },
    ],
  });

/** The data of a job, read. */
export type IntakeJobData = z.output<typeof intakeJob>;

/** The return value of a job that was taken. */
export interface IntakeAnswer {
  /** Names the request, in `GET /v1/requests/{id}` and in exports; it is its campaign of one, too. */
  readonly id: string;
  /** `false` where a request of this key, reference or job id was there, also by the same job begun twice. */
  readonly created: boolean;
  /** Of the request's campaign of one, as the job ended: `running` for a new one. */
  readonly state: string;
  /** What was found that does not stop it. */
  readonly warnings: readonly string[];
}

/** Reads a job's data; the first field that is wrong is a problem. No value of it is in the message. */
export function readIntakeJob(data: unknown): Result<IntakeJobData, Problem> {
  const tooMuch = tooMuchOf(data);
  if (tooMuch !== undefined) {
    return err(
      problem(tooMuch.code, `data: ${tooMuch.message}.`, {
        where: 'data',
        next: 'docs/intake-queue.md says what a job holds: one person.',
      }),
    );
  }
  const read = intakeJob.safeParse(data);
  if (read.success) return hasLostParameter(data) ? err(lostParameter()) : ok(read.data);
  const [issue] = read.error.issues;
  const [unknown] = (issue?.code === 'unrecognized_keys' && issue.keys) || [];
  const where = unknown ?? (issue?.path.join('.') || 'data');
  const message =
    unknown === undefined
      ? (issue?.message ?? 'not valid')
      : unknownName(unknown, Object.keys(intakeJob.shape));
  return err(
    problem('USAGE', `${where}: ${message}.`.replace(/([?.])\.$/, '$1'), {
      where,
      next: 'docs/intake-queue.md has all fields.',
    }),
  );
}

/** zod leaves this name out of what it reads, without a word. */
function hasLostParameter(data: unknown): boolean {
  const { parameters } = data as { readonly parameters?: object };
  return parameters !== undefined && Object.hasOwn(parameters, '__proto__');
}

function lostParameter(): Problem {
  return problem('USAGE', 'parameters.__proto__: no template has a variable of this name.', {
    where: 'parameters.__proto__',
    next: 'Leave it out.',
  });
}

/** The JSON Schema of a job's data, as docs/intake-job.schema.json has it. */
export function intakeJobSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(intakeJob, { io: 'input' }), null, 2)}\n`;
}
