/** One's own password, and the end of one's sessions. */
import { Alert, Button, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changeOwnPassword, useLogOut, useSession } from '../../api/session.ts';
import { asTime } from '../../format.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Account() {
  const { data: session } = useSession();
  const leaving = useMutation({ mutationFn: useLogOut() });
  const text = texts.account;
  return (
    <Page title={text.title}>
      {session?.by === 'proxy' ? (
        <Text>{text.byProxy}</Text>
      ) : (
        <>
          <Password />
          <section className="card">
            <Title order={2} size="h4" mb="sm">
              {text.sessions}
            </Title>
            <Stack align="flex-start">
              {session?.expiresAt != null && <Text>{text.ends(asTime(session.expiresAt))}</Text>}
              <Button variant="default" onClick={() => leaving.mutate('everywhere')}>
                {texts.menu.logOutEverywhere}
              </Button>
              {leaving.error !== null && <ProblemAlert error={leaving.error} />}
            </Stack>
          </section>
        </>
      )}
    </Page>
  );
}

function Password() {
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const changing = useMutation({
    mutationFn: () => changeOwnPassword(queries, { password, newPassword }),
    onSuccess: () => {
      setPassword('');
      setNewPassword('');
    },
  });
  const text = texts.account;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    changing.mutate();
  };
  return (
    <form className="card" onSubmit={submit}>
      <Title order={2} size="h4" mb="sm">
        {text.password}
      </Title>
      <Stack maw="26rem">
        {changing.error !== null && <ProblemAlert error={changing.error} />}
        {changing.isSuccess && (
          <Alert color="green" role="status">
            {text.changed}
          </Alert>
        )}
        <PasswordInput
          label={text.current}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={({ currentTarget: { value } }) => setPassword(value)}
          visibilityToggleButtonProps={{ 'aria-label': texts.logIn.show }}
        />
        <PasswordInput
          label={text.next}
          description={text.nextHint}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={newPassword}
          onChange={({ currentTarget: { value } }) => setNewPassword(value)}
          visibilityToggleButtonProps={{ 'aria-label': texts.logIn.show }}
        />
        <Button type="submit" loading={changing.isPending}>
          {text.submit}
        </Button>
      </Stack>
    </form>
  );
}
