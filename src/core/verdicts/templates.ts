/** Templates: sending with one, and the codes that only making one brings. */
import { ERRORS_PAGE, HEALTH_PAGE } from './pages.ts';
import { family } from './row.ts';

const FIT =
  "Compare the template's variables with the list's columns (`callpermit template show`), then resume.";
const DRAFT = 'Change the template as the message says and create it again.';
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** What keeps a template from being sent with. */
export const TEMPLATES = family('Templates', ERRORS_PAGE, [
  [
    132000,
    'pause-campaign',
    "The number of parameters is not that of the template's variables.",
    FIT,
  ],
  [
    132001,
    'pause-template',
    'The template does not exist in this language, or is not approved.',
    'Check name and language (`callpermit template list`), wait for approval, then resume.',
    { probeAfterMs: 15 * MINUTE },
  ],
  [
    132005,
    'reject',
    "With this person's parameters the text becomes too long.",
    "Shorten this line's parameters.",
  ],
  [132007, 'pause-campaign', 'The text breaks a rule about form or characters.', FIT],
  [132008, 'pause-campaign', "A parameter's value is not valid.", FIT],
  [132012, 'pause-campaign', 'A parameter has not the form that the template expects.', FIT],
  [
    132015,
    'pause-template',
    'Meta has paused the template for low quality, or dropped messages that it held.',
    'It is looked at again after 3 and after 6 hours; improve the template or whom it goes to.',
    { probeAfterMs: 3 * HOUR },
  ],
  [
    132016,
    'pause-template',
    'Meta has disabled the template for good.',
    'Make a new template with other content and start a campaign with it.',
  ],
  [
    132018,
    'pause-campaign',
    "The template's parameters are not valid; the details say which.",
    FIT,
  ],
  [
    132068,
    'pause-template',
    'A flow of the template is blocked.',
    'Put the flow right in WhatsApp Manager, then resume.',
  ],
  [
    132069,
    'pause-template',
    'A flow of the template is throttled.',
    'Wait; it is looked at again after an hour.',
    { probeAfterMs: HOUR },
  ],
  [
    134011,
    'pause-sender',
    'The terms for payments are not accepted.',
    'Accept them in WhatsApp Manager, then resume.',
  ],
  [
    134100,
    'pause-campaign',
    'Only marketing templates may go by this route.',
    'Use a MARKETING template, or the ordinary route.',
  ],
  [
    134101,
    'pause-template',
    'The template is still being made known to the marketing route; that takes up to ten minutes.',
    'It is looked at again after ten minutes.',
    { probeAfterMs: 10 * MINUTE },
  ],
  [
    134102,
    'pause-template',
    'The template is not available on the marketing route.',
    'Use another template, then resume.',
  ],
  [
    134103,
    'pause-template',
    'The template cannot be used on the marketing route.',
    'Use another template, then resume.',
  ],
  [
    [134000, 134999],
    'pause-campaign',
    'The marketing route or payments refused the call.',
    "Read Meta's words, put it right, then resume.",
  ],
  [135000, 'pause-campaign', 'Meta reports an unknown problem with the parameters.', FIT],
]);

/** Codes that come as answer to a create call only, or as `error_subcode` of 100. */
export const TEMPLATE_CREATION = family('Making templates', ERRORS_PAGE, [
  [
    2388019,
    'pause-campaign',
    'The account has as many templates as it may (250, or 6,000 when verified).',
    'Delete templates that are no longer used.',
  ],
  [
    2388023,
    'pause-campaign',
    'A template of this name and language is just being deleted, or exists already.',
    'Choose another name.',
  ],
  [
    2388024,
    'pause-campaign',
    'A template of this name exists in this language, or is just being deleted.',
    'Choose another name.',
  ],
  [2388040, 'pause-campaign', 'A field has more characters than allowed.', DRAFT],
  [2388047, 'pause-campaign', 'The header has a wrong form.', DRAFT],
  [2388072, 'pause-campaign', 'The body has a wrong form.', DRAFT],
  [2388073, 'pause-campaign', 'The footer has a wrong form.', DRAFT],
  [
    2388293,
    'pause-campaign',
    'The template has too many variables for the length of its text.',
    DRAFT,
  ],
  [2388299, 'pause-campaign', 'A variable stands at the very start or end of the text.', DRAFT],
]);

/** Codes of `health_status`. */
export const HEALTH = family('Health status', HEALTH_PAGE, [
  [
    141002,
    'pause-template',
    'The template is not approved.',
    'Wait for approval, then resume.',
    { probeAfterMs: 15 * MINUTE },
  ],
  [
    141006,
    'pause-sender',
    'The account has a payment problem.',
    'Put a valid means of payment on the account, then resume.',
  ],
  [
    141010,
    'pause-sender',
    "Meta's health check found something that stops sending.",
    'Run `callpermit doctor` and do what it says.',
  ],
  [
    141014,
    'pause-sender',
    "Meta's health check found something that stops sending.",
    'Run `callpermit doctor` and do what it says.',
  ],
  [
    [141000, 141999],
    'pause-sender',
    "Meta's health check found something that stops sending.",
    'Run `callpermit doctor` and do what it says.',
  ],
]);
