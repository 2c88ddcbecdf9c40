/** The token that proves that a page of ours changes something. It lives in memory alone, and goes with the page. */
let token: string | undefined;

/** That of the session; `undefined` where nobody is logged in. */
export function csrfToken(): string | undefined {
  return token;
}

/** Keeps the one that `/v1/session` has answered. */
export function keepCsrfToken(next: string | undefined): void {
  token = next;
}
