/** The plain types of events are those of the schemas, each way: what one has and the other has not, does not compile. */
import { expect, it } from '@jest/globals';
import type { CallpermitEvent } from '../../src/core/events/event.ts';
import type { ToldEvent } from '../../src/core/events/event-data.ts';

/** A schema's optional field may be `undefined` too, which JSON has not. */
type Exact<T> = T extends object ? { [K in keyof T]: Exact<Exclude<T[K], undefined>> } : T;

const asSchema = (event: ToldEvent): CallpermitEvent => event;
const asTold = (event: Exact<CallpermitEvent>): ToldEvent => event;

it('a told event is an event of the schema, and the other way round', () => {
  expect([asSchema, asTold]).toHaveLength(2);
});
