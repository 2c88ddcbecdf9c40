/**
 * The body of `POST /<PHONE_NUMBER_ID>/messages` as Meta's guides show it. The call permission request
 * component takes no parameters on sending, so only header and body may appear.
 * `policy` is required by Meta's OpenAPI and left out by its guides: its one value suits both.
 */
import type { SendInput, TemplateParameter } from '../core/graph.ts';
import { userIdOf } from '../core/people/user-id.ts';

/** The JSON of one send: what is the same for all stands as it is, each value goes through `JSON.stringify`. */
export function sendPayload(input: SendInput): string {
  const { to, template, language, header, body, callbackData } = input;
  const components = [component('header', header), component('body', body)].filter(isThere);
  const parts = components.length === 0 ? '' : `,"components":[${components.join(',')}]`;
  const userId = userIdOf(to);
  const whom = userId === undefined ? `"to":${json(to)}` : `"recipient":${json(userId)}`;
  return (
    `{"messaging_product":"whatsapp","recipient_type":"individual",${whom},"type":"template",` +
    `"template":{"name":${json(template)},"language":{"code":${json(language)},"policy":"deterministic"}${parts}},` +
    `"biz_opaque_callback_data":${json(callbackData)}}`
  );
}

const json = (text: string): string => JSON.stringify(text);
const isThere = (text: string): boolean => text !== '';

function component(type: 'header' | 'body', parameters: readonly TemplateParameter[]): string {
  if (parameters.length === 0) return '';
  return `{"type":"${type}","parameters":[${parameters.map(parameter).join(',')}]}`;
}

function parameter({ name, text }: TemplateParameter): string {
  const named = name === undefined ? '' : `"parameter_name":${json(name)},`;
  return `{"type":"text",${named}"text":${json(text)}}`;
}
