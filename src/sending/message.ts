/** From a claimed request to the message that is sent for it. */
import type { SendInput, TemplateParameter } from '../core/graph.ts';
import type { ClaimedRequest } from '../core/ports/index.ts';

/** Builds the message of a claim; `biz_opaque_callback_data` names the row and the attempt. */
export function sendInput(claim: ClaimedRequest): SendInput {
  const header = claim.headerParameters;
  const body = claim.bodyParameters ?? columnsInOrder(claim, header);
  return {
    to: claim.to,
    template: claim.template,
    language: claim.language,
    header: header.map((column) => parameter(claim, column)),
    body: body.map((column) => parameter(claim, column)),
    callbackData: `${claim.request}.${claim.fence}`,
  };
}

// Without a preflight nobody named the columns: positional ones go by their numbers.
function columnsInOrder(claim: ClaimedRequest, header: readonly string[]): readonly string[] {
  const columns = Object.keys(claim.parameters).filter((column) => !header.includes(column));
  return claim.parameterFormat === 'positional'
    ? columns.sort((a, b) => Number(a) - Number(b))
    : columns;
}

function parameter(claim: ClaimedRequest, column: string): TemplateParameter {
  const text = claim.parameters[column] ?? '';
  return claim.parameterFormat === 'named' ? { name: column, text } : { text };
}
