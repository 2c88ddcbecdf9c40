/** Sending a message: what concerns one person, one message, or the account's standing. */
import { ERRORS_PAGE } from './pages.ts';
import { family } from './row.ts';

const PERSON = 'Leave this person out, or reach them another way.';
const SETTINGS = 'Put right what the message names, then resume the campaign.';
const PAYMENT = 'Put a valid means of payment on the account in WhatsApp Manager, then resume.';
const WAIT = 'Nothing to do; it is tried again by itself.';
const GROUPS = 'callpermit writes to single people only; take this line off the list.';
const LASTING = { isLasting: true } as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What keeps one message from one person, or an account from all. */
export const SENDING = family('Sending', ERRORS_PAGE, [
  [
    130470,
    'reject',
    'More than 24 hours have passed since this person last wrote (old code).',
    'Send a template; this code should no longer come for one.',
  ],
  [
    130472,
    'reject',
    'Meta keeps this person out of marketing messages as part of an experiment.',
    'Asking again brings the same answer; a UTILITY template is not affected.',
    LASTING,
  ],
  [
    130497,
    'reject',
    "This business may not message people in this person's country.",
    'Leave people of that country out.',
  ],
  [131000, 'retry', 'Something went wrong at Meta.', WAIT],
  [
    131005,
    'pause-sender',
    'Access was denied: the token has not the permission.',
    'Give the system user whatsapp_business_messaging, then resume.',
  ],
  [131008, 'pause-campaign', 'A required parameter is missing.', SETTINGS],
  [
    131009,
    'reject',
    'A value is not valid, or this number cannot use this kind of message.',
    "Look at this person's number and parameters.",
  ],
  [131016, 'retry', 'A service of Meta is out of order for the moment.', WAIT],
  [131020, 'reject', 'The recipient is a group with a single member.', GROUPS, LASTING],
  [
    131021,
    'reject',
    "The recipient is the sender's own number.",
    'Take this line off the list.',
    LASTING,
  ],
  [
    131026,
    'reject',
    'The message cannot be delivered: no WhatsApp, terms not accepted, too old a version, or blocked.',
    'Reach this person another way; asking again seldom helps.',
    LASTING,
  ],
  [131027, 'retry', 'Something went wrong at Meta (old code).', WAIT],
  [
    131030,
    'reject',
    'This number is not on the list of numbers that a test number may write to.',
    "Add the number in the app's API setup, or use a number of your own.",
  ],
  [
    131031,
    'pause-sender',
    'The account is locked for a policy, or data such as the PIN do not match.',
    'Look at the account quality page of WhatsApp Manager; resume when it is open again.',
  ],
  [
    131035,
    'reject',
    'With local storage or none, the message was not delivered in the time it is kept.',
    PERSON,
  ],
  [131036, 'reject', 'With local storage or none, the message reached not every device.', PERSON],
  [
    131037,
    'pause-sender',
    'The display name of this number is not approved.',
    'Have the display name approved in WhatsApp Manager, then resume.',
  ],
  [131041, 'reject', 'The group is not known.', GROUPS, LASTING],
  [
    131042,
    'pause-sender',
    'The account cannot pay: no card, credit line, currency or time zone.',
    PAYMENT,
  ],
  [131044, 'pause-sender', 'There is no valid means of payment for calls.', PAYMENT],
  [
    131045,
    'pause-campaign',
    "The number's certificate is wrong: it is not registered properly.",
    'Register the number again, then resume.',
  ],
  [
    131047,
    'reject',
    'The 24 hour window is closed and the message was no template.',
    'Send a template.',
  ],
  [
    131049,
    'delay-day',
    'Meta chose not to deliver: this person gets enough marketing messages, or has a US number.',
    'It waits 24 hours; as a rule a UTILITY template is not affected: if yours is one, look whether Meta has made it MARKETING.',
    { delayMs: DAY },
  ],
  [
    131050,
    'suppress',
    'This person has stopped marketing messages of this business.',
    'Honour it; the person is on the opt-out list now.',
  ],
  [131051, 'pause-campaign', 'This type of message is not supported.', SETTINGS],
  [131052, 'pause-campaign', 'A medium could not be downloaded.', SETTINGS],
  [131053, 'pause-campaign', 'A medium could not be uploaded.', SETTINGS],
  [
    131055,
    'pause-campaign',
    'This call is not allowed for this template or number (for example a number on SIP).',
    SETTINGS,
  ],
  [
    131057,
    'slow-sender',
    'The account is in maintenance, mostly to raise its throughput; that takes about a minute.',
    WAIT,
  ],
  [131059, 'pause-campaign', 'A page cursor of a list is not valid.', 'Start the list again.'],
  [131060, 'reject', 'The message is not available on this device.', PERSON],
  [
    131062,
    'reject',
    'This message cannot be sent to a business-scoped user id.',
    "Use the person's phone number.",
    LASTING,
  ],
  [
    131063,
    'pause-template',
    'The account has switched off marketing templates on this API.',
    'Clear disable_marketing_messages_on_cloud_api, or use a UTILITY template; then resume.',
  ],
  [
    137000,
    'reject',
    'The identity of this person has changed (identity key).',
    'Verify the person anew.',
  ],
  [[131201, 131215], 'reject', 'A call about groups was refused.', GROUPS, LASTING],
]);
