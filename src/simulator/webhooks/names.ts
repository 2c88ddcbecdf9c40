/** By which names a person stands in a webhook: number, user id, profile. */
import { given } from '../../core/given.ts';
import { shareOf } from '../prng.ts';
import type { World } from '../world.ts';
import type { Json } from './update.ts';
import { parentUserIdOf, userIdOf } from './user-id.ts';

/** With accents, signs outside the BMP and other scripts, and one that is empty. */
const NAMES = ['Ada Example', 'José Ñandú', 'Zoë 🎉 Müller', '李小龍', 'O/Brien <b>&', ''] as const;

/** The names of a person, each only where it is told. */
export interface Names {
  readonly waId?: string;
  readonly userId?: string;
  readonly parentUserId?: string;
}

/** The names by which a person stands in what comes from themselves. */
export function namesOf(world: World, waId: string): Names {
  const { webhooks, seed } = world.profile;
  const ids = userIdsOf(world, waId);
  if (ids.userId === undefined) return { waId };
  if (isWithheld(world, waId)) return ids;
  const isInFrom = webhooks.userIdInFrom > 0 && shareOf(seed + 12, waId) < webhooks.userIdInFrom;
  return { waId: isInFrom ? ids.userId : waId, ...ids };
}

/** The user ids of a person, as far as the profile has them told. */
export function userIdsOf(world: World, waId: string): Omit<Names, 'waId'> {
  const { userIds, parentUserIds } = world.profile.webhooks;
  if (userIds === 'none') return {};
  return {
    userId: userIdOf(waId),
    ...(parentUserIds ? { parentUserId: parentUserIdOf(waId) } : {}),
  };
}

/** Whether this person's number is withheld. */
export function isWithheld(world: World, waId: string): boolean {
  const { webhooks, seed } = world.profile;
  const own = world.people.find(waId).habits?.withheld;
  return own ?? (webhooks.withheld > 0 && shareOf(seed + 11, waId) < webhooks.withheld);
}

/** One of `contacts[]`. */
export function contactOf(world: World, waId: string, names: Names): Json {
  const at = Math.floor(shareOf(world.profile.seed + 13, waId) * NAMES.length);
  const name = NAMES[at] ?? '';
  return {
    profile:
      name === ''
        ? {}
        : {
            name,
            ...(names.userId === undefined ? {} : { username: `user.${names.userId.slice(-4)}` }),
          },
    ...given({
      wa_id: names.waId,
      user_id: names.userId,
      parent_user_id: names.parentUserId,
    }),
  };
}
