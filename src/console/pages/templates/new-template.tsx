/** A new template, as the phone shows it; the rules by which Meta refuses one are checked while somebody types. */
import { Alert, Button, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { TEMPLATE_LANGUAGES } from '../../../core/template/languages.ts';
import { namesOf } from '../../../core/template/variables.ts';
import { api, dataOf } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asNumber } from '../../format.ts';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { PhonePreview } from '../../parts/phone-preview.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { type Draft, faultsOf, toBody } from './draft.ts';
import classes from './new-template.module.css';

const EMPTY: Draft = {
  ...{ name: '', language: 'en', category: 'UTILITY', header: '', body: '', footer: '' },
  examples: {},
};
/** What Meta takes, in characters. */
const MOST = { header: 60, body: 1_024, footer: 60 } as const;

/** The page. */
export function NewTemplate() {
  const mayManage = useMay('admin');
  const { newTemplate } = texts;
  return (
    <Page title={newTemplate.title}>
      {mayManage ? <Form /> : <Text>{texts.mayNot(texts.roles.admin)}</Text>}
    </Page>
  );
}

function Form() {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(EMPTY);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const making = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/templates', { body: toBody(draft) })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['templates'] }),
  });
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setSeen(new Set([...seen, ...Object.keys(part)]));
  };
  const faults = faultsOf(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSeen(new Set(Object.keys(EMPTY)));
    if (faults.length === 0) making.mutate();
  };
  /** Of a field that nobody has come to nothing is said yet. */
  const faultOf = (field: keyof Draft) =>
    seen.has(field) && faults.find(({ where }) => where === field)?.message;
  const field = (name: 'name' | 'header' | 'footer') => ({
    name,
    value: draft[name],
    error: faultOf(name),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  const { newTemplate } = texts;
  const { data } = making;
  const names = [...new Set([...namesOf(draft.header), ...namesOf(draft.body)])];
  const preview = {
    body: draft.body,
    ...(draft.header === '' ? {} : { header: draft.header }),
    ...(draft.footer === '' ? {} : { footer: draft.footer }),
  };
  return (
    <div className={classes.sides}>
      <form className="card" onSubmit={submit} noValidate>
        <Stack>
          <Text c="dimmed">{newTemplate.about}</Text>
          <TextInput
            label={newTemplate.name}
            description={newTemplate.nameHint}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={512}
            {...field('name')}
          />
          <NativeSelect
            label={newTemplate.language}
            data={[...TEMPLATE_LANGUAGES]}
            value={draft.language}
            onChange={(event) => change({ language: event.currentTarget.value })}
          />
          <NativeSelect
            label={newTemplate.category}
            description={newTemplate.categoryHint}
            data={Object.entries(newTemplate.categories).map(([value, label]) => ({
              value,
              label,
            }))}
            value={draft.category}
            onChange={(event) => change({ category: event.currentTarget.value })}
          />
          <TextInput
            label={newTemplate.header}
            description={newTemplate.optional}
            {...field('header')}
          />
          <Textarea
            label={newTemplate.body}
            description={newTemplate.bodyHint}
            rows={6}
            name="body"
            value={draft.body}
            error={faultOf('body')}
            onChange={(event) => change({ body: event.currentTarget.value })}
          />
          <Text size="sm" c="dimmed">
            {newTemplate.count(asNumber([...draft.body].length), asNumber(MOST.body))}
          </Text>
          <TextInput
            label={newTemplate.footer}
            description={newTemplate.optional}
            {...field('footer')}
          />
          {names.map((name) => (
            <TextInput
              key={name}
              label={newTemplate.example(name)}
              value={draft.examples[name] ?? ''}
              error={
                seen.has('examples') &&
                faults.find(({ where }) => where === `example ${name}`)?.message
              }
              onChange={(event) =>
                change({ examples: { ...draft.examples, [name]: event.currentTarget.value } })
              }
            />
          ))}
          {faults.length === 0 && <Text c="dimmed">{newTemplate.good}</Text>}
          {making.error !== null && <ProblemAlert error={making.error} />}
          {data !== undefined && (
            <Alert
              color="green"
              role="status"
              title={
                data.created
                  ? newTemplate.made(texts.templateStates[data.status] ?? data.status)
                  : newTemplate.was
              }
            >
              {data.warnings.map((warning) => (
                <Text key={warning}>{warning}</Text>
              ))}
              <PageLink to="/templates" search={{}}>
                {newTemplate.toList}
              </PageLink>
            </Alert>
          )}
          <Button type="submit" loading={making.isPending}>
            {newTemplate.submit}
          </Button>
        </Stack>
      </form>
      <PhonePreview preview={preview} values={draft.examples} />
    </div>
  );
}
