/** One person is asked now, ahead of every list. */
import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { PhonePreview } from '../../parts/phone-preview.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { previewOf, variablesIn } from '../templates/template-texts.ts';

/** So long the dialog waits for what becomes of it. */
const WAIT_S = 5;

type Template = Schema<'Template'>;

/** The button and its dialog. */
export function AskPerson({ to }: { readonly to: string }) {
  return (
    <DialogButton label={texts.person.ask} button={{}}>
      {({ close }) => <Ask to={to} onClose={close} />}
    </DialogButton>
  );
}

function Ask({ to, onClose }: { readonly to: string; readonly onClose: () => void }) {
  const { data, error } = useQuery({
    queryKey: ['templates', 'approved'],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/templates', {
          params: { query: { status: 'APPROVED', limit: 1_000 } },
          signal,
        }),
      ),
  });
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined) return <Text role="status">{texts.app.loading}</Text>;
  const usable = data.templates.filter(({ asksForCalls }) => asksForCalls);
  const [first] = usable;
  if (first === undefined) return <Text>{texts.person.noTemplates}</Text>;
  return <AskForm to={to} templates={usable} first={first} onClose={onClose} />;
}

function AskForm({
  to,
  templates,
  first,
  onClose,
}: {
  readonly to: string;
  readonly templates: readonly Template[];
  readonly first: Template;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [id, setId] = useState(first.id);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const template = templates.find((one) => one.id === id) ?? first;
  const preview = previewOf(template);
  const names = variablesIn(preview);
  const asking = useMutation({
    mutationFn: () => {
      const { name, language } = template;
      const parameters = Object.fromEntries(names.map((key) => [key, values[key] ?? '']));
      return dataOf(
        api.POST('/v1/requests', {
          params: { query: { wait: WAIT_S } },
          body: { to, template: name, language, ...(names.length > 0 ? { parameters } : {}) },
        }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['person'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    asking.mutate();
  };
  const { person } = texts;
  if (asking.data !== undefined)
    return (
      <Stack>
        <Text role="status">
          {person.askedLine(texts.requestStates[asking.data.status], asking.data.advice)}
        </Text>
        <Button onClick={onClose}>{texts.app.close}</Button>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack>
        <NativeSelect
          label={person.template}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          data={templates.map((one) => ({
            value: one.id,
            label: `${one.name} (${one.language})`,
          }))}
        />
        {names.map((name) => (
          <TextInput
            key={name}
            label={person.parameter(name)}
            required
            withAsterisk={false}
            value={values[name] ?? ''}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        <PhonePreview preview={preview} values={values} />
        {asking.error !== null && <ProblemAlert error={asking.error} />}
        <Button type="submit" loading={asking.isPending}>
          {person.ask}
        </Button>
      </Stack>
    </form>
  );
}
