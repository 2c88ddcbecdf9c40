/** What strikes the database, the queue and the way to Meta. */
import { ACCEPTS, BEHAVIOURS, MISLEADING } from './answers.ts';
import type { Item } from './plan.ts';
import type { World } from './world.ts';

/** A fault is a plan's item that nobody does. */
export type Fault = Extract<
  Item,
  { readonly do: 'strike' | 'refuse-all' | 'lock' | 'queue-away' | 'answer' }
>;

/** Whether an item of a plan is a fault. */
export function isFault(item: Item): item is Fault {
  return ['strike', 'refuse-all', 'lock', 'queue-away', 'answer'].includes(item.do);
}

/** Lets it strike. */
export function strike(world: World, fault: Fault): void {
  switch (fault.do) {
    case 'strike':
      world.store.arm(fault);
      return;
    case 'refuse-all':
      world.store.refuseAll(fault);
      return;
    case 'lock':
      world.store.lock(fault.ms);
      return;
    case 'queue-away':
      world.queue.away(fault.ms);
      return;
    case 'answer':
      for (let i = 0; i < fault.times; i += 1)
        world.meta.arm([...BEHAVIOURS, ...MISLEADING][fault.behaviour] ?? ACCEPTS);
  }
}
