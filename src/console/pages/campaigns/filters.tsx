/** Which campaigns are shown. Texts count once they have not changed for a moment. */
import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { given } from '../../given.ts';
import { texts } from '../../texts.ts';

/** What is filtered by. */
export interface Filters {
  readonly state?: string | undefined;
  readonly name?: string | undefined;
  readonly template?: string | undefined;
}

const PAUSE_MS = 300;
const STATES = Object.keys(texts.campaignStates) as (keyof typeof texts.campaignStates)[];

/** Who asks for the running ones is shown those, too, that are to run. */
function labelOf(state: (typeof STATES)[number]): string {
  return state === 'running' ? texts.campaigns.runningOrScheduled : texts.campaignStates[state];
}

/** The boxes. */
export function CampaignFilters({
  filters,
  onChange,
}: {
  readonly filters: Filters;
  readonly onChange: (filters: { state?: string; name?: string; template?: string }) => void;
}) {
  const [name, setName] = useState(filters.name ?? '');
  const [template, setTemplate] = useState(filters.template ?? '');
  const told = useRef(filters);
  const tell = (change: Filters) => {
    const all = { ...filters, ...change };
    const of = (text: string | undefined) => text || undefined;
    told.current = { state: of(all.state), name: of(all.name), template: of(all.template) };
    onChange(given(told.current));
  };
  // By a link to this page, or the way back, they are others than the boxes told.
  useEffect(() => {
    if (filters.name !== told.current.name) setName(filters.name ?? '');
    if (filters.template !== told.current.template) setTemplate(filters.template ?? '');
    told.current = { name: filters.name, template: filters.template };
  }, [filters.name, filters.template]);
  const tellLater = useDebouncedCallback(tell, PAUSE_MS);
  const { campaigns } = texts;
  return (
    <Group className="boxes" role="group" aria-label={campaigns.filters} align="flex-end" gap="sm">
      <TextInput
        label={campaigns.filterName}
        value={name}
        maxLength={255}
        onChange={({ currentTarget: { value } }) => {
          setName(value);
          tellLater({ name: value, template });
        }}
      />
      <TextInput
        label={campaigns.filterTemplate}
        value={template}
        maxLength={512}
        onChange={({ currentTarget: { value } }) => {
          setTemplate(value);
          tellLater({ name, template: value });
        }}
      />
      <NativeSelect
        label={campaigns.filterState}
        value={filters.state ?? ''}
        data={[
          { value: '', label: campaigns.anyState },
          ...STATES.map((value) => ({ value, label: labelOf(value) })),
        ]}
        onChange={({ currentTarget: { value } }) => tell({ state: value })}
      />
    </Group>
  );
}
