/** Access, integrity and throttling: what concerns the app, the token or the number as a whole. */
import { ERRORS_PAGE, GENERAL_PAGES } from './pages.ts';
import { family } from './row.ts';

const TOKEN = 'Put a valid token in WHATSAPP_ACCESS_TOKEN or its file, then resume the campaign.';
const RIGHTS =
  'Give the system user whatsapp_business_messaging and whatsapp_business_management on this account, then resume.';
const SLOWER = 'Nothing to do: the rate is lowered and climbs back by itself.';
const SETTINGS = 'Check the setting that the message names, then resume the campaign.';
const QUALITY =
  'Look at the account quality page of WhatsApp Manager; resume when Meta has lifted it.';
const HOUR = 3_600_000;

/** What keeps an app or a token from any call. */
export const GENERAL = family('General, access, integrity', GENERAL_PAGES, [
  [
    0,
    'pause-sender',
    'Meta could not authenticate the app user: the token ended, or the app was blocked.',
    TOKEN,
  ],
  [
    1,
    'retry',
    'Meta reported an unknown error of its API.',
    'Nothing to do; if it stays, look at metastatus.com.',
  ],
  [
    2,
    'retry',
    "Meta's service is down or overloaded for the moment.",
    'Nothing to do; upgrades last up to five minutes.',
  ],
  [3, 'pause-campaign', 'The app has not the capability or permission for this call.', RIGHTS],
  [4, 'slow-sender', 'The app has made too many calls.', SLOWER],
  [10, 'pause-sender', 'A permission was not granted, or was taken away.', RIGHTS],
  [17, 'slow-sender', 'The user of this token has made too many calls.', SLOWER],
  [32, 'slow-sender', 'Too many calls were made for this page or account.', SLOWER],
  [
    33,
    'pause-sender',
    'The business phone number was deleted, or its id is wrong.',
    'Check WHATSAPP_PHONE_NUMBER_ID, then resume.',
  ],
  [
    100,
    'pause-campaign',
    'A parameter is wrong, misspelt or too long, or an id does not exist.',
    "Check WHATSAPP_PHONE_NUMBER_ID, the template's variables and the list; then resume.",
  ],
  [
    104,
    'pause-campaign',
    'The app demands a proof of its secret (appsecret_proof) with each call.',
    'Switch off "Require app secret" in the app\'s settings, then resume.',
  ],
  [190, 'pause-sender', 'The access token is expired, revoked or invalid.', TOKEN],
  [
    [200, 299],
    'pause-sender',
    'A permission is missing, or the system user has no access to this business account.',
    RIGHTS,
  ],
  [
    368,
    'pause-sender',
    'The business account is restricted or disabled for breaking a policy.',
    QUALITY,
  ],
  [
    613,
    'slow-sender',
    'A limit of its own for this kind of call was reached (call_permissions: 100 a second).',
    SLOWER,
  ],
  [
    803,
    'pause-campaign',
    'An object id of the call does not exist.',
    'Check WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_BUSINESS_ACCOUNT_ID, then resume.',
  ],
  [
    2500,
    'pause-campaign',
    'Meta does not know the path or the version of the call.',
    'Check GRAPH_BASE_URL and GRAPH_API_VERSION, then resume.',
  ],
  [200005, 'pause-campaign', 'Template insights are not available for this account.', SETTINGS],
  [200006, 'pause-campaign', 'Template insights cannot be switched off once on.', SETTINGS],
  [200007, 'pause-campaign', 'Template insights are not switched on.', SETTINGS],
]);

/** Too many calls, messages or complaints. */
export const THROTTLING = family('Throttling', ERRORS_PAGE, [
  [80007, 'slow-sender', 'The business account has reached its rate of calls.', SLOWER],
  [80008, 'slow-sender', 'Too many management calls were made for this business account.', SLOWER],
  [130429, 'slow-sender', 'The number has reached its throughput (messages a second).', SLOWER],
  [
    131048,
    'pause-sender',
    'Meta limits this number because too many of its messages were blocked or reported.',
    QUALITY,
  ],
  [
    131056,
    'delay-pair',
    'Too many messages went to this person in a short time.',
    'Nothing to do: this person waits longer each time, the others are not affected.',
  ],
  [
    131064,
    'pause-sender',
    'The account reached a limit because its templates were classified wrongly.',
    QUALITY,
    { probeAfterMs: 6 * HOUR },
  ],
  [
    133016,
    'pause-sender',
    'The number was registered and deregistered too often.',
    'Wait 72 hours before registering it again.',
  ],
]);
