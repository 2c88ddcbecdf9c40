/** `errors[]` of a status. */
import { MESSAGE_CHARS, outsideError } from '../core/outside-text.ts';
import type { UpdateError } from '../core/webhook/update.ts';
import type { Reading } from './reading.ts';
import { numberOf, recordOf, textOf } from './values.ts';

/** All of them; one without a code has -1, as one whose code does not fit. */
export function readErrors(reading: Reading, list: unknown): readonly UpdateError[] {
  const errors = Array.isArray(list) ? list : [list];
  return errors.map(recordOf).flatMap((json) => {
    if (json === undefined) {
      reading.countValue('errors', 'other');
      return [];
    }
    reading.countKeys(json, 'errors');
    const data = recordOf(json.error_data);
    if (data !== undefined) reading.countKeys(data, 'error_data');
    const details = textOf(data?.details, MESSAGE_CHARS);
    const message = textOf(json.message) ?? textOf(json.title) ?? '';
    return {
      ...outsideError({ code: numberOf(json.code) ?? -1, message }),
      ...(details === undefined ? {} : { details }),
    };
  });
}
