/**
 * The body of `POST /<PHONE_NUMBER_ID>/messages` as Meta's guides show it. The call permission request
 * component takes no parameters on sending, so only header and body may appear.
 * `policy` is required by Meta's OpenAPI and left out by its guides: its one value suits both.
 */
import { given } from '../core/given.ts';
import type { SendInput, TemplateParameter } from '../core/graph.ts';

/** The JSON of one send, serialised once. */
export function sendPayload(input: SendInput): string {
  const components = [...component('header', input.header), ...component('body', input.body)];
  return JSON.stringify({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: input.to,
    type: 'template',
    template: {
      name: input.template,
      language: { code: input.language, policy: 'deterministic' },
      ...(components.length === 0 ? {} : { components }),
    },
    biz_opaque_callback_data: input.callbackData,
  });
}

function component(type: 'header' | 'body', parameters: readonly TemplateParameter[]): object[] {
  if (parameters.length === 0) return [];
  return [
    {
      type,
      parameters: parameters.map(({ name, text }) => ({
        type: 'text',
        ...given({ parameter_name: name }),
        text,
      })),
    },
  ];
}
