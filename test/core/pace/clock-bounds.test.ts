/** What one exchange says of the database's clock, beside those before it. */
import { expect, test } from '@jest/globals';
import { narrow } from '../../../src/core/pace/pacing.ts';

// The clocks are 100 ms apart, known exactly 5 s ago; an exchange of 100 ms says 50 to 150.
test('bounds widen by 100 ppm of the time since they were last narrowed', () => {
  const found = narrow({ low: 100, high: 100, at: 5_000 }, 10_000, 10_100, 10_150);
  expect(found.low).toBeCloseTo(100 - 0.51, 6);
  expect(found.high).toBeCloseTo(100 + 0.51, 6);
  expect(found.at).toBe(10_100);
});

test('bounds that just meet still hold; those that do not, since a clock was set, are left', () => {
  expect(narrow({ low: 150, high: 200, at: 10_100 }, 10_000, 10_100, 10_150)).toEqual({
    ...{ low: 150, high: 150, at: 10_100 },
  });
  expect(narrow({ low: 151, high: 200, at: 10_100 }, 10_000, 10_100, 10_150)).toEqual({
    ...{ low: 50, high: 150, at: 10_100 },
  });
});
