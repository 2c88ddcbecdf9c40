/** One's own password and sessions. */
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changePassword, type Session, useLogOut, useSession } from '../../api/session.ts';
import { asTime } from '../../format.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { texts } from '../../texts.ts';
import classes from './account.module.css';

/** The page. */
export function Account() {
  const { data: session } = useSession();
  if (session == null) return null;
  const { account } = texts;
  return (
    <Page title={account.title}>
      <Section title={session.user}>
        <Text>{account.role(texts.roles[session.role])}</Text>
        {session.by === 'proxy' ? <Text>{account.byProxy}</Text> : <OwnSession session={session} />}
      </Section>
      {session.by === 'session' && (
        <Section title={account.change}>
          <PasswordForm />
        </Section>
      )}
    </Page>
  );
}

function OwnSession({ session }: { readonly session: Session }) {
  const leaving = useMutation({ mutationFn: useLogOut() });
  const { account } = texts;
  return (
    <>
      {leaving.error !== null && <ProblemAlert error={leaving.error} />}
      {session.expiresAt !== null && <Text>{account.until(asTime(session.expiresAt))}</Text>}
      <div>
        <Button
          variant="default"
          loading={leaving.isPending}
          onClick={() => leaving.mutate('everywhere')}
        >
          {account.everywhere}
        </Button>
      </div>
    </>
  );
}

function PasswordForm() {
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const changing = useMutation({
    mutationFn: () => changePassword(queries, { password, newPassword }),
    onSuccess: () => {
      setPassword('');
      setNewPassword('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    changing.mutate();
  };
  const { account, logIn, users } = texts;
  return (
    <form onSubmit={submit} className={classes.form}>
      <Stack>
        <PasswordInput
          label={account.old}
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={1_000}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': logIn.show }}
        />
        <PasswordInput
          label={account.new}
          description={users.length}
          autoComplete="new-password"
          required
          withAsterisk={false}
          maxLength={200}
          value={newPassword}
          onChange={(event) => setNewPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': logIn.show }}
        />
        {changing.error !== null && <ProblemAlert error={changing.error} />}
        <Text aria-live="polite">{changing.isSuccess && account.changed}</Text>
        <Button type="submit" loading={changing.isPending}>
          {account.change}
        </Button>
      </Stack>
    </form>
  );
}
