/** Makes a key; it is shown this once. */
import { Alert, Button, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

type Scope = Schema<'ApiKey'>['scope'];

const SCOPES = ['read', 'send', 'admin'] as const satisfies readonly Scope[];

/** The button and its dialog. */
export function AddKey() {
  const [isOpen, setIsOpen] = useState(false);
  const { keys } = texts;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{keys.add}</Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={keys.add}
        closeButtonProps={{ 'aria-label': texts.app.close }}
      >
        {isOpen && <Form />}
      </Modal>
    </>
  );
}

function Form() {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('read');
  const making = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/keys', { body: { name: name.trim(), scope } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
    // It is a secret: it goes with the dialog.
    gcTime: 0,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    making.mutate();
  };
  const { keys } = texts;
  if (making.data !== undefined)
    return (
      <Alert color="green" role="status" title={keys.made}>
        <code>{making.data.key}</code>
      </Alert>
    );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={keys.name}
          required
          withAsterisk={false}
          maxLength={64}
          autoCapitalize="none"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label={keys.scope}
          value={scope}
          onChange={(chosen) => setScope(chosen as Scope)}
        >
          <Stack gap="xs" mt="xs">
            {SCOPES.map((one) => (
              <Radio key={one} value={one} label={keys.scopes[one]} />
            ))}
          </Stack>
        </Radio.Group>
        {making.error !== null && <ProblemAlert error={making.error} />}
        <Button type="submit" loading={making.isPending}>
          {keys.add}
        </Button>
      </Stack>
    </form>
  );
}
