/** Lets somebody log in. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { Role } from '../../api/session.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { RoleChoice } from './role-choice.tsx';

/** The button and its dialog. */
export function AddUser() {
  return (
    <DialogButton label={texts.users.add} button={{}}>
      {({ close }) => <Form onClose={close} />}
    </DialogButton>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [password, setPassword] = useState('');
  const adding = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/users', { body: { name: name.trim(), role, password } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    adding.mutate();
  };
  const { users } = texts;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={users.name}
          required
          withAsterisk={false}
          maxLength={128}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <RoleChoice value={role} onChange={setRole} />
        <PasswordInput
          label={users.password}
          description={users.passwordHint}
          autoComplete="new-password"
          required
          withAsterisk={false}
          maxLength={200}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': texts.logIn.show }}
        />
        {adding.error !== null && <ProblemAlert error={adding.error} />}
        <Button type="submit" loading={adding.isPending}>
          {users.add}
        </Button>
      </Stack>
    </form>
  );
}
