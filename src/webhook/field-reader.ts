import type { Place } from './reading.ts';
import type { Json } from './values.ts';

/** Reads the value of one field, of which the reader may know several, into the updates of its delivery. */
export type FieldReader = (place: Place, value: Json, field: string) => void;
