/** The POST of the programs that callpermit is compared with: the same fields as in one of ours. */

/** Whom it goes to: what a job holds. */
export interface PlainMessage {
  readonly to: string;
  readonly name: string;
}

/** Below the server's URL. */
export const PATH = '/v24.0/106540352242922/messages';

/** Of each POST. */
export const HEADERS = { authorization: 'Bearer bench', 'content-type': 'application/json' };

/** The message of the nth person. */
export function plainMessage(n: number): PlainMessage {
  return { to: `+49151${String(n).padStart(8, '0')}`, name: `P${n}` };
}

/** What is sent for it. */
export function bodyOf({ to, name }: PlainMessage): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'template',
    template: {
      name: 'bench',
      language: { code: 'en', policy: 'deterministic' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: name }] }],
    },
    biz_opaque_callback_data: name,
  };
}
