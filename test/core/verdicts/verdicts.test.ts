import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { renderErrors } from '../../../scripts/docs-errors.ts';
import { VERDICTS, type Verdict } from '../../../src/core/verdicts/verdict.ts';
import { consequence, VERDICT_FAMILIES, verdictFor } from '../../../src/core/verdicts/verdicts.ts';

const verdict = (code: number): Verdict => verdictFor({ code, message: 'x' }).verdict;

/** What the commonest codes mean. */
const COMMON: Record<Verdict, readonly number[]> = {
  retry: [1, 2, 131000, 131016, 133004],
  'slow-sender': [130429, 4, 80007, 80008, 131057],
  'delay-pair': [131056],
  reject: [131026, 131009, 131021, 131030, 130472, 130497, 132005, 138001],
  'pair-limit': [138009],
  'already-granted': [138017],
  suppress: [131050],
  'delay-day': [131049],
  'pause-template': [132001, 132015, 132016, 131063],
  'pause-campaign': [
    3, 100, 104, 803, 2500, 131008, 131045, 132000, 132007, 132012, 132018, 135000,
  ],
  'pause-sender': [
    0, 10, 33, 190, 200, 250, 299, 368, 131005, 131031, 131037, 131042, 131048, 131064, 133010,
    138000, 138013, 138014, 138015, 138018,
  ],
};

/** Every error code that Meta’s pages name. */
const DOCUMENTED = [
  // Calling
  613, 131009, 131030, 131044, 131055, 138000, 138001, 138002, 138003, 138004, 138005, 138006,
  138007, 138009, 138011, 138012, 138013, 138014, 138015, 138017, 138018, 138019, 138020, 138021,
  138022, 138023, 138024, 138025,
  // General
  0, 1, 2, 3, 4, 10, 17, 32, 33, 100, 104, 190, 200, 201, 298, 299, 200005, 200006, 200007, 368,
  803, 2500,
  // Throttling
  80007, 80008, 130429, 131048, 131056, 131064, 133016,
  // Sending
  130470, 130472, 130497, 131000, 131005, 131008, 131016, 131020, 131021, 131026, 131027, 131031,
  131035, 131036, 131037, 131041, 131042, 131045, 131047, 131049, 131050, 131051, 131052, 131053,
  131057, 131059, 131060, 131062, 131063, 131201, 131208, 131215, 137000,
  // Templates
  132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069, 134011,
  134100, 134101, 134102, 134103, 135000, 141002, 141006, 141010, 141014, 2388019, 2388040, 2388047,
  2388072, 2388073, 2388293, 2388299, 2388023, 2388024,
  // Registration
  133000, 133004, 133005, 133006, 133008, 133009, 133010, 133015, 2388001, 2388012, 2388091,
  2388093, 2388103, 2494100, 2593079, 2593085, 2593107, 2593108, 147001, 147003, 147005, 139000,
];

describe('the verdict table', () => {
  test.each(Object.entries(COMMON))('gives %s to its codes', (expected, codes) => {
    for (const code of codes) expect([code, verdict(code)]).toEqual([code, expected]);
  });

  test.each(DOCUMENTED)('knows code %i, with a sentence, advice and a page of Meta’s', (code) => {
    const entry = verdictFor({ code, message: 'x' });
    const source = expect.stringMatching(/^https:\/\/developers\.facebook\.com\//);
    expect(entry).toMatchObject({ code, known: true, source });
    expect(entry.meaning).toMatch(/^[A-Z].{15,}\.$/);
    expect(entry.advice).toMatch(/^[a-zA-Z].{8,}\.$/);
  });

  test('has each code once', () => {
    const codes = VERDICT_FAMILIES.flatMap((f) => f.rules.map((r) => r.code));
    expect(new Set(codes).size).toBe(codes.length);
  });

  test.each([-1, 138008, 138010, 138016, 199, 300, 999_999])(
    "pauses the campaign on unknown code %i and keeps Meta's words",
    (code) => {
      const entry = verdictFor({ code, message: 'Something new', details: 'never seen' });
      expect(entry).toMatchObject({ code, verdict: 'pause-campaign', known: false });
      expect(entry.meaning).toContain('Something new: never seen');
    },
  );

  test("a wrong phone number id is the sender's fault, though its code is 100", () => {
    const words =
      "Unsupported post request. Object with ID '1' does not exist, cannot be loaded due to missing permissions";
    expect(verdictFor({ code: 100, message: words }).verdict).toBe('pause-sender');
    expect(verdictFor({ code: 100, subcode: 33, message: 'x' }).verdict).toBe('pause-sender');
    expect(verdictFor({ code: 100, message: 'Invalid parameter' }).verdict).toBe('pause-campaign');
  });

  test.each([
    ['Something new', undefined, ': Something new'],
    ['Something new', 'never seen', ': Something new: never seen'],
    ['', undefined, '.'],
  ])('an unknown code says that it is, with %p and %p', (message, details, end) => {
    const error = { code: 424_242, message, ...(details === undefined ? {} : { details }) };
    expect(verdictFor(error)).toEqual({
      ...{ code: 424_242, verdict: 'pause-campaign', known: false, source: 'not in our table' },
      meaning: `Meta refused with a code that callpermit does not know${end}`,
      advice: "Look the code up in Meta's documentation, put it right, then resume or retry.",
    });
  });

  test.each([
    [{ code: 100, message: 'Unsupported get request.' }, /^Check WHATSAPP_PHONE_NUMBER_ID/],
    [{ code: 100, message: 'x', details: 'It does not exist, cannot be loaded' }, /^Check WHATS/],
    [{ code: 131031, message: 'Wrong pin.' }, /^Put the PIN right in WhatsApp Manager/],
  ])('%j is told apart by its words, also in what it says of itself', (error, advice) => {
    const found = verdictFor(error);
    expect(found.advice).toMatch(advice);
    expect(found.meaning).toMatch(/^The phone number id does not exist|^Data of the number/);
  });

  test.each([
    { code: 101, subcode: 33, message: 'does not exist, cannot be loaded' },
    { code: 131030, message: 'pin' },
    { code: 131031, message: 'pinned' },
  ])('%j is not', (error) => {
    expect(verdictFor(error).advice).not.toMatch(/WHATSAPP_PHONE_NUMBER_ID and|Put the PIN right/);
  });

  test('131031 about a PIN gives advice about the PIN', () => {
    const pin = verdictFor({ code: 131031, message: 'x', details: 'PIN mismatch' });
    expect(pin.verdict).toBe('pause-sender');
    expect(pin.advice).toContain('PIN');
    expect(verdictFor({ code: 131031, message: 'locked' }).advice).not.toContain('PIN');
  });

  test('a paused template is probed after three hours, 131049 waits a day', () => {
    expect(verdictFor({ code: 132015, message: '' }).probeAfterMs).toBe(3 * 3_600_000);
    expect(verdictFor({ code: 131049, message: '' }).delayMs).toBe(24 * 3_600_000);
  });
});

describe('the matrix of consequences', () => {
  test.each([
    ['retry', 'pending', 'given-back', 'counted'],
    ['slow-sender', 'pending', 'given-back', 'not-counted'],
    ['delay-pair', 'pending', 'given-back', 'counted'],
    ['delay-day', 'pending', 'given-back', 'counted'],
    ['reject', 'rejected', 'given-back', 'counted'],
    ['pair-limit', 'pending', 'kept', 'not-counted'],
    ['already-granted', 'already-granted', 'kept', 'counted'],
    ['suppress', 'rejected', 'given-back', 'counted'],
    ['pause-template', 'pending', 'given-back', 'not-counted'],
    ['pause-campaign', 'rejected', 'given-back', 'counted'],
    ['pause-sender', 'pending', 'given-back', 'not-counted'],
  ] as const)('an answer %s -> %s, allowance %s, attempt %s', (v, state, allowance, attempt) => {
    expect(consequence(v, 'answer')).toMatchObject({ state, allowance, attempt });
  });

  test.each(VERDICTS)('a failed status of verdict %s never moves the state', (v) => {
    expect(consequence(v, 'status').state).toBe('unchanged');
  });
});

test('docs/errors.md is what scripts/docs-errors.ts makes of the table', () => {
  expect(readFileSync('docs/errors.md', 'utf8')).toBe(renderErrors());
});
