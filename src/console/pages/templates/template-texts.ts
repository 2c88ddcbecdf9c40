/** The texts of a template, as the preview shows them. */
import { isPosition, namesOf } from '../../../core/template/variables.ts';
import type { Schema } from '../../api/client.ts';
import type { Preview } from '../../parts/phone-preview.tsx';

type Components = Schema<'Template'>['components'];

/** The texts of a template as the API tells it. */
export function previewOf({ components }: { readonly components: Components }): Preview {
  const textOf = (type: string) =>
    components.find((one) => one.type.toUpperCase() === type)?.text ?? undefined;
  const header = textOf('HEADER');
  const footer = textOf('FOOTER');
  return {
    body: textOf('BODY') ?? '',
    ...(header === undefined ? {} : { header }),
    ...(footer === undefined ? {} : { footer }),
  };
}

/** Its variables, those of the header first where they have names. */
export function variablesIn({ header = '', body }: Preview): readonly string[] {
  const all = [...new Set([...namesOf(header), ...namesOf(body)])];
  return all.every(isPosition) ? all.sort((a, b) => Number(a) - Number(b)) : all;
}
