/** The payload: what it takes, that it is the one of HTTP, and what a job is bound to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import {
  INTAKE_JOB,
  INTAKE_QUEUE,
  intakeJob,
  intakeJobSchema,
  readIntakeJob,
} from '../../src/campaign/intake-job.ts';
import { isJobOf } from '../../src/campaign/intake-job-person.ts';
import { keyOf } from '../../src/campaign/take-intake-job.ts';
import { mentionsOf } from '../../src/core/people/mentions.ts';
import { newRequest } from '../../src/http/request-schemas.ts';
import { person } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The fields of a schema as JSON Schema has them, without what is said of them. */
function fieldsOf(schema: z.ZodType): Record<string, unknown> {
  // Without names: a named schema would be a reference to itself.
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', metadata: z.registry() });
  return JSON.parse(
    JSON.stringify(properties, (name, value) =>
      ['description', 'examples', 'pattern'].includes(name) ? undefined : value,
    ),
  );
}

describe('the payload', () => {
  it('has the names and forms of POST /v1/requests, and two more', () => {
    const { user_id, idempotencyKey, ...shared } = fieldsOf(intakeJob);
    expect([user_id, idempotencyKey]).not.toContain(undefined);
    expect(shared).toEqual(fieldsOf(newRequest));
  });

  it('is described by docs/intake-job.schema.json (else: npm run docs:intake-job)', () => {
    const file = readFileSync(join(ROOT, 'docs/intake-job.schema.json'), 'utf8');
    expect(file).toBe(intakeJobSchema());
  });

  it('has each field in the table of docs/intake-queue.md', () => {
    const text = readFileSync(join(ROOT, 'docs/intake-queue.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(expect.arrayContaining(Object.keys(intakeJob.shape)));
    expect(text).toContain(INTAKE_QUEUE);
    expect(text).toContain(INTAKE_JOB);
  });

  it('of any value is read or refused, and no refusal repeats a value', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...Object.keys(intakeJob.shape), 'x'), fc.jsonValue()),
    );
    fc.assert(
      fc.property(anything, (data) => {
        const read = readIntakeJob(data);
        if (!read.ok)
          expect(read.error).toMatchObject({ code: 'USAGE', where: expect.any(String) });
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom('template', 'sender', 'user_id', 'onPairLimit'), (field) => {
        const number = '+16505551234\n';
        const read = readIntakeJob({ ...person(1), [field]: number });
        expect(read.ok).toBe(false);
        expect(JSON.stringify(read)).not.toContain('6505551234');
      }),
    );
  });

  it('loses no parameter without a word, whatever its name', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const parameters = JSON.parse(`{ "1": "Ann", "${name}": "x" }`);
      const read = readIntakeJob({ ...person(1), parameters });
      const kept = read.ok && Object.keys(read.value.parameters ?? {}).includes(name);
      expect([name, kept || !read.ok]).toEqual([name, true]);
    }
  });

  it('that is right is taken as it is', () => {
    const right = fc.record(
      {
        to: fc.string(),
        template: fc.stringMatching(/^[a-z_]{1,50}$/),
        language: fc.constantFrom('en', 'pt_BR'),
        parameters: fc.oneof(
          fc.array(fc.oneof(fc.string(), fc.integer())),
          fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.string()),
        ),
        reference: fc.oneof(fc.string(), fc.integer()),
        sender: fc.stringMatching(/^\d{5,20}$/),
        onPairLimit: fc.constantFrom('wait', 'skip'),
        includeGranted: fc.boolean(),
        includeDeclined: fc.boolean(),
        skipPreflight: fc.boolean(),
      },
      { requiredKeys: ['to', 'template', 'language'] },
    );
    fc.assert(
      fc.property(right, (data) => {
        const sent = JSON.parse(JSON.stringify(data));
        expect(readIntakeJob(sent)).toEqual({ ok: true, value: sent });
      }),
    );
  });
});

describe('what a job is bound to', () => {
  const data = (more: object) => {
    const read = readIntakeJob(person(1, more));
    if (!read.ok) throw new Error(read.error.message);
    return read.value;
  };
  const keys = fc.record({ id: fc.string({ minLength: 1 }), addedAt: fc.nat() });

  it('is one line of 255 characters at most, the same each time', () => {
    fc.assert(
      fc.property(keys, fc.string({ maxLength: 400, unit: 'binary' }), (job, reference) => {
        const { text } = keyOf(job, data({ reference }));
        expect(text).toMatch(/^[^\p{Cc}\p{Cs}]{1,255}$/u);
        expect(keyOf({ ...job }, data({ reference })).text).toBe(text);
      }),
    );
  });

  it('is another for another reference or job id, and never one of the other kind', () => {
    fc.assert(
      fc.property(keys, keys, fc.string({ minLength: 1 }), (a, b, reference) => {
        const [one, two] = [keyOf(a, data({})).text, keyOf(b, data({})).text];
        if (a.id !== b.id) expect(one).not.toBe(two);
        const named = data({ reference: `${reference}.` });
        expect([one, two]).not.toContain(keyOf(a, named).text);
        expect(keyOf(a, named)).toEqual(keyOf(b, named));
      }),
    );
  });

  it('of an id that BullMQ counted is also when it was added', () => {
    const [one, two] = [1_000, 2_000].map((addedAt) => keyOf({ id: '7', addedAt }, data({})).text);
    expect(one).not.toBe(two);
    const named = [1_000, 2_000].map((addedAt) => keyOf({ id: 'seven', addedAt }, data({})).text);
    expect(named[0]).toBe(named[1]);
  });
});

describe('whose job it is', () => {
  const mentions = mentionsOf({ names: ['16505551234', 'US.1349'] });

  it.each([
    { to: '+16505551234' },
    { to: '+1 (650) 555-1234' },
    { to: '(650) 555-1234', defaultCountry: 'us' },
    { user_id: 'US.1349' },
    { to: '+4915112345678', reference: '16505551234' },
    { parameters: ['call 16505551234'] },
  ])('is told of %j', (job) => {
    expect(isJobOf(mentions, job)).toBe(true);
  });

  it.each([
    null,
    7,
    'text',
    [],
    {},
    { to: '+165055512345' },
    { to: '(650) 555-1234' },
    { user_id: 'US.13491' },
  ])('is somebody else’s of %j', (job) => {
    expect(isJobOf(mentions, job)).toBe(false);
  });

  it('reads a national number by the country of the settings', () => {
    expect(isJobOf(mentions, { to: '(650) 555-1234' }, 'US')).toBe(true);
  });
});
