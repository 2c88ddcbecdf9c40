/**
 * What each call needs before it may leave: a token that fits a header, and a deadline. A missing
 * token is answered as Meta would answer a dead one (code 190, `type: "local"`), so that the
 * verdict table pauses the sender and nobody's row is used up.
 */
import type { GraphError } from '../core/verdicts/outcome.ts';

/** `type` of errors that we made ourselves, before any call. */
export const LOCAL_ERROR = 'local';

/** Where the token comes from. */
export type TokenOf = () => string | undefined | Promise<string | undefined>;

/** The token, or the error that says what is wrong with it. */
export async function tokenOrError(
  token: TokenOf,
): Promise<{ readonly token: string } | { readonly error: GraphError }> {
  const value = await token();
  if (value === undefined || value === '') {
    return {
      error: local(
        'No access token is set for this sender.',
        'Set WHATSAPP_ACCESS_TOKEN or WHATSAPP_ACCESS_TOKEN_FILE (or the token of this sender in SENDERS_FILE).',
      ),
    };
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return {
      error: local(
        'The access token holds spaces or characters that no HTTP header may carry.',
        'Copy the token again, without quotes or line breaks.',
      ),
    };
  }
  return { token: value };
}

function local(message: string, details: string): GraphError {
  return { code: 190, type: LOCAL_ERROR, message, details };
}
