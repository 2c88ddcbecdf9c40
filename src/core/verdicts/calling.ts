/** Calling and call permission requests. */
import { CALLING_PAGE } from './pages.ts';
import { family } from './row.ts';

const CALL_ONLY = 'It concerns a call, not a request; look at the call itself.';
const LATER = 'Nothing to do; it is tried again by itself.';
const ENABLE = 'Switch calling on for this number (`callpermit doctor` shows how), then resume.';
const HOUR = 3_600_000;

/** What keeps a number from calling, or a request from being made. */
export const CALLING = family('Calling', CALLING_PAGE, [
  [138000, 'pause-sender', 'Calling is not switched on for this number.', ENABLE],
  [
    138001,
    'reject',
    'This person cannot take calls: no WhatsApp, terms not accepted, or too old an app.',
    'Reach this person another way.',
    { isLasting: true },
  ],
  [138002, 'slow-sender', 'The number has 1,000 calls running at the same time.', LATER],
  [138003, 'retry', 'A call with this person is running already.', LATER],
  [138004, 'retry', 'The call could not be connected.', LATER],
  [138005, 'slow-sender', 'The number begins calls too fast.', LATER],
  [
    138006,
    'reject',
    'This person has not given permission to be called.',
    'Ask for permission first.',
  ],
  [138007, 'retry', 'The call was not connected in time.', LATER],
  [
    138009,
    'pair-limit',
    'This person was asked as often as allowed: once in 24 hours, twice in 7 days.',
    'Wait until the allowance is free again, or until you have had a call with this person.',
  ],
  [
    138011,
    'reject',
    'Meta wants a conversation with this person before the request (an old code).',
    'Send another message first, or wait until the person writes.',
  ],
  [
    138012,
    'delay-day',
    'The calls allowed with this person in 24 hours are used up.',
    'It waits 24 hours.',
    { delayMs: 24 * HOUR },
  ],
  [
    138013,
    'pause-sender',
    'Businesses with a number of this country cannot call people (US, Canada, Turkey, Egypt, Vietnam, Nigeria).',
    'Send from a number of another country.',
  ],
  [
    138014,
    'pause-sender',
    'Calling is restricted for some days because people gave bad feedback.',
    'See the end of the restriction with `callpermit doctor`; resume then.',
    { probeAfterMs: 24 * HOUR },
  ],
  [
    138015,
    'pause-sender',
    'Calling needs a messaging limit of at least 2,000 people a day.',
    'Verify the business, or send more good messages; then switch calling on.',
  ],
  [
    138017,
    'already-granted',
    'This person has given permanent permission already.',
    'Nothing to do: you may call.',
  ],
  [
    138018,
    'pause-sender',
    'The app has neither subscribed to the "calls" webhook nor set up SIP.',
    'Subscribe the app to the webhook field "calls", then resume.',
  ],
  [
    [138019, 138023],
    'reject',
    'A call broke off while it was set up, or lost its media.',
    CALL_ONLY,
  ],
  [138024, 'pause-sender', 'SIP is not enabled for this number.', ENABLE],
  [138025, 'pause-sender', 'The app has no SIP server.', ENABLE],
]);
