/** Another role or password of somebody, or none; and the end of their sessions. */
import { Button, Group, PasswordInput, Stack, Switch, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { RoleChoice } from './role-choice.tsx';

type User = Schema<'ListedUser'>;

/** The button and its dialogs. */
export function ChangeUser({ user }: { readonly user: User }) {
  const queries = useQueryClient();
  const [isRemoving, setIsRemoving] = useState(false);
  const { name } = user;
  const { users } = texts;
  const close = () => setIsRemoving(false);
  const removing = useMutation({
    mutationFn: () => api.DELETE('/v1/users/{name}', { params: { path: { name } } }),
    onSuccess: () => {
      close();
      return queries.invalidateQueries({ queryKey: ['users'] });
    },
  });
  return (
    <>
      <DialogButton
        label={users.changeShort}
        name={users.change(name)}
        title={users.change(name)}
        button={{ size: 'xs', variant: 'default' }}
      >
        {(dialog) => (
          <Form
            user={user}
            onClose={dialog.close}
            onRemove={() => {
              dialog.close();
              setIsRemoving(true);
            }}
          />
        )}
      </DialogButton>
      <Confirm
        isOpen={isRemoving}
        title={users.removeTitle(name)}
        action={users.remove}
        isDangerous
        isBusy={removing.isPending}
        error={removing.error}
        onConfirm={() => removing.mutate()}
        onClose={close}
      >
        <Text>{users.removeSure}</Text>
      </Confirm>
    </>
  );
}

function Form({
  user,
  onClose,
  onRemove,
}: {
  readonly user: User;
  readonly onClose: () => void;
  readonly onRemove: () => void;
}) {
  const queries = useQueryClient();
  const [role, setRole] = useState(user.role);
  const [password, setPassword] = useState('');
  const [disabled, setDisabled] = useState(user.disabled);
  const path = { name: user.name };
  const done = async () => {
    await queries.invalidateQueries({ queryKey: ['users'] });
    onClose();
  };
  const changing = useMutation({
    mutationFn: () => {
      const body = { role, disabled, ...(password === '' ? {} : { password }) };
      return dataOf(api.PATCH('/v1/users/{name}', { params: { path }, body }));
    },
    onSuccess: done,
  });
  const ending = useMutation({
    mutationFn: () => api.DELETE('/v1/users/{name}/sessions', { params: { path } }),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    changing.mutate();
  };
  const { users } = texts;
  const error = changing.error ?? ending.error;
  return (
    <form onSubmit={submit}>
      <Stack>
        <RoleChoice value={role} onChange={setRole} />
        <PasswordInput
          label={users.newPassword}
          description={users.unchanged}
          autoComplete="new-password"
          maxLength={200}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': texts.logIn.show }}
        />
        <Switch
          label={users.isDisabled}
          checked={disabled}
          onChange={(event) => setDisabled(event.currentTarget.checked)}
        />
        {error !== null && <ProblemAlert error={error} />}
        <Group>
          <Button type="submit" loading={changing.isPending}>
            {users.save}
          </Button>
          <Button variant="default" loading={ending.isPending} onClick={() => ending.mutate()}>
            {users.endSessions}
          </Button>
          <Button variant="default" onClick={onRemove}>
            {users.remove}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
