/** Registration, migration and usernames: seldom as answer to a send, and then the number is at fault. */
import { ERRORS_PAGE } from './pages.ts';
import { family } from './row.ts';

const REGISTER = 'Register the number in WhatsApp Manager, then resume.';
const PIN = 'Put the two-step PIN right in WhatsApp Manager, then resume.';
const MIGRATE = 'Finish or undo the migration of the number, then resume.';
const MINUTE = 60_000;

/** What keeps a number from sending until it is registered. */
export const REGISTRATION = family('Registration and phone numbers', ERRORS_PAGE, [
  [133000, 'pause-sender', 'An earlier deregistration of the number was not completed.', REGISTER],
  [
    133004,
    'retry',
    "Meta's server is not available for the moment.",
    'Nothing to do; it is tried again by itself.',
  ],
  [133005, 'pause-sender', 'The two-step PIN is wrong.', PIN],
  [133006, 'pause-sender', 'The number must be verified anew.', REGISTER],
  [133008, 'pause-sender', 'The two-step PIN was tried too often.', PIN],
  [133009, 'pause-sender', 'The two-step PIN was typed too fast.', PIN],
  [133010, 'pause-sender', 'The number is not registered on this platform.', REGISTER],
  [
    133015,
    'pause-sender',
    'The number was deleted a moment ago.',
    'Wait five minutes, register it, then resume.',
    { probeAfterMs: 5 * MINUTE },
  ],
  [[133000, 133999], 'pause-sender', "The number's registration is not in order.", REGISTER],
  [
    [147001, 147005],
    'pause-sender',
    'There is a problem with the business username.',
    'Look at the username in WhatsApp Manager, then resume.',
  ],
  [2388001, 'pause-sender', 'The number cannot be moved to this account yet.', MIGRATE],
  [2388012, 'pause-sender', 'The number is being moved, or is registered elsewhere.', MIGRATE],
  [2388091, 'pause-sender', 'The number does not fulfil what a migration needs.', MIGRATE],
  [2388093, 'pause-sender', 'The number could not be moved.', MIGRATE],
  [2388103, 'pause-sender', 'The account to which the number goes is not ready.', MIGRATE],
  [
    2494100,
    'slow-sender',
    'The number is in maintenance for some minutes.',
    'Nothing to do; it goes on by itself.',
  ],
  [2593079, 'pause-sender', "The number's migration was refused.", MIGRATE],
  [2593085, 'pause-sender', "The number's migration was refused.", MIGRATE],
  [
    2593107,
    'pause-sender',
    "The number's contacts or history are being synchronised too often or too late.",
    MIGRATE,
  ],
  [
    2593108,
    'pause-sender',
    "The number's contacts or history are being synchronised too often or too late.",
    MIGRATE,
  ],
  [
    [139000, 139999],
    'reject',
    'A call about flows or the block list was refused.',
    'Look whether this person is on the block list.',
  ],
]);
