/** Makes a key; it is shown this once. */
import { Alert, Button, CopyButton, Group, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { DialogButton, type OpenDialog } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

type Scope = Schema<'ApiKey'>['scope'];

const SCOPES = ['read', 'send', 'admin'] as const satisfies readonly Scope[];

/** The button and its dialog. */
export function AddKey() {
  return (
    <DialogButton label={texts.keys.add} button={{}}>
      {(dialog) => <Making {...dialog} />}
    </DialogButton>
  );
}

function Making({ close, hold }: OpenDialog) {
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: async (given: { readonly name: string; readonly scope: Scope }) =>
      dataOf(api.POST('/v1/keys', { body: given })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
    // It is a secret: it goes with the dialog.
    gcTime: 0,
  });
  // It is shown this once: no click beside it takes a key away that nobody has copied.
  const isHeld = !making.isIdle && !making.isError;
  useEffect(() => hold(isHeld), [hold, isHeld]);
  return making.data === undefined ? (
    <Form making={making} onSubmit={(given) => making.mutate(given)} />
  ) : (
    <Made apiKey={making.data.key} onDone={close} />
  );
}

function Made({ apiKey, onDone }: { readonly apiKey: string; readonly onDone: () => void }) {
  const { keys } = texts;
  return (
    <Stack>
      <Alert color="green" role="status" title={keys.made}>
        <code>{apiKey}</code>
      </Alert>
      <Group justify="flex-end">
        {/* Browsers give the clipboard on https and loopback alone. */}
        {window.isSecureContext && (
          <CopyButton value={apiKey}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? keys.copied : keys.copy}
              </Button>
            )}
          </CopyButton>
        )}
        <Button onClick={onDone}>{keys.done}</Button>
      </Group>
    </Stack>
  );
}

function Form({
  making,
  onSubmit,
}: {
  readonly making: { readonly error: Error | null; readonly isPending: boolean };
  readonly onSubmit: (given: { readonly name: string; readonly scope: Scope }) => void;
}) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('read');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({ name: name.trim(), scope });
  };
  const { keys } = texts;
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
