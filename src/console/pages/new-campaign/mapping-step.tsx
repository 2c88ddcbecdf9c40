/** The template, and which column of the list is what it needs; beside it the message as the first person will see it. */
import { Alert, NativeSelect, Text } from '@mantine/core';
import { useId } from 'react';
import type { Schema } from '../../api/client.ts';
import { isKnown, KNOWN, type Mapping, valuesOf } from '../../list/mapping.ts';
import type { ListHead } from '../../list/read-head.ts';
import { PhonePreview } from '../../parts/phone-preview.tsx';
import { Section } from '../../parts/section.tsx';
import { texts } from '../../texts.ts';
import { previewOf } from '../templates/template-texts.ts';
import classes from './new-campaign.module.css';

type Template = Schema<'Template'>;

/** The step. */
export function MappingStep({
  templates,
  isLoaded,
  template,
  parameters,
  head,
  mapping,
  onTemplate,
  onMap,
}: {
  readonly templates: readonly Template[];
  /** Before it nobody knows whether there are any. */
  readonly isLoaded: boolean;
  readonly template: Template | undefined;
  readonly parameters: readonly string[];
  readonly head: ListHead | undefined;
  readonly mapping: Mapping;
  readonly onTemplate: (id: string) => void;
  readonly onMap: (need: string, column: string) => void;
}) {
  const text = texts.newCampaign;
  return (
    <Section title={text.message}>
      {isLoaded && templates.length === 0 && <Alert color="orange">{text.noTemplates}</Alert>}
      <div className={classes.beside}>
        <div className={classes.fields}>
          <NativeSelect
            label={text.template}
            value={template?.id ?? ''}
            data={[
              { value: '', label: text.chooseTemplate },
              ...templates.map((one) => ({
                value: one.id,
                label: `${one.name} (${one.language})`,
              })),
            ]}
            onChange={({ currentTarget: { value } }) => onTemplate(value)}
          />
          {template !== undefined && head !== undefined && (
            <Columns head={head} mapping={mapping} parameters={parameters} onMap={onMap} />
          )}
        </div>
        {template !== undefined && (
          <div>
            <PhonePreview
              preview={previewOf(template)}
              values={head === undefined ? {} : valuesOf(head, mapping)}
            />
            <Text size="sm" c="dimmed" mt="xs">
              {head === undefined ? text.previewEmpty : text.previewFilled}
            </Text>
          </div>
        )}
      </div>
    </Section>
  );
}

/** What a need is called on this page. */
export function labelOf(need: string): string {
  const { known, parameter } = texts.newCampaign;
  return isKnown(need) ? known[need] : parameter(need);
}

function Columns({
  head,
  mapping,
  parameters,
  onMap,
}: {
  readonly head: ListHead;
  readonly mapping: Mapping;
  readonly parameters: readonly string[];
  readonly onMap: (need: string, column: string) => void;
}) {
  const text = texts.newCampaign;
  const heading = useId();
  const [number, ...rest] = KNOWN;
  const names = [...new Set(head.columns.filter((name) => name !== ''))];
  const box = (need: string, isNeeded: boolean) => (
    <NativeSelect
      key={need}
      label={labelOf(need)}
      value={mapping[need] ?? ''}
      required={isNeeded}
      withAsterisk={isNeeded}
      data={[
        { value: '', label: isNeeded ? text.chooseColumn : text.noColumn },
        ...names.map((name) => ({ value: name, label: name })),
      ]}
      onChange={({ currentTarget: { value } }) => onMap(need, value)}
    />
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: the parts lie in a grid, and have no border
    <div role="group" aria-labelledby={heading} className={classes.fields}>
      <Text id={heading} fw={600} mt="sm">
        {text.columns}
      </Text>
      {box(number, true)}
      {parameters.map((name) => box(name, true))}
      {box('reference', false)}
      <details>
        <summary>{text.moreColumns}</summary>
        <div className={classes.fields}>
          {rest.filter((need) => need !== 'reference').map((need) => box(need, false))}
        </div>
      </details>
    </div>
  );
}
