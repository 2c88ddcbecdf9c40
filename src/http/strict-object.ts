/** Objects of a request that take no other names than theirs: a wrong one is told with the one that was meant. */
import { z } from 'zod';
import { unknownName } from '../core/nearest.ts';

/** An object of exactly these names. */
export function strictObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      const [wrong] = (issue.code === 'unrecognized_keys' && issue.keys) || [];
      return wrong === undefined ? undefined : unknownName(wrong, Object.keys(shape));
    },
  });
}
