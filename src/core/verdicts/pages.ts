/** Meta's pages that name the codes of the table; they move with Meta's documentation, so they stand in one place. */

const WHATSAPP = 'https://developers.facebook.com/documentation/business-messaging/whatsapp';

/** Codes of sending, templates, registration. */
export const ERRORS_PAGE = `${WHATSAPP}/support/error-codes`;

/** Codes of calling and of call permissions. */
export const CALLING_PAGE = `${WHATSAPP}/calling/troubleshooting`;

/** Codes of a sender's and a template's health. */
export const HEALTH_PAGE = `${WHATSAPP}/support/health-status`;

/** Codes of access, limits and integrity; some of them any call of the Graph API may bring. */
export const GENERAL_PAGES = `${ERRORS_PAGE} and https://developers.facebook.com/docs/graph-api/guides/error-handling`;
