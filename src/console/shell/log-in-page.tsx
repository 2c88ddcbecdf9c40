/** The log-in. */
import { Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { logIn } from '../api/session.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { texts } from '../texts.ts';
import classes from './log-in-page.module.css';

/** The page. */
export function LogInPage() {
  const queries = useQueryClient();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({ mutationFn: () => logIn(queries, { user, password }) });
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    document.title = texts.app.title(texts.logIn.submit);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <main className={classes.page}>
      <form className={`card ${classes.form}`} onSubmit={submit}>
        <Stack>
          <Title order={1} size="h2">
            {texts.logIn.title}
          </Title>
          {entering.error !== null && <ProblemAlert error={entering.error} />}
          <TextInput
            label={texts.logIn.user}
            name="user"
            ref={first}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            maxLength={128}
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
          <PasswordInput
            label={texts.logIn.password}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            maxLength={200}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': texts.logIn.show }}
          />
          <Button type="submit" loading={entering.isPending}>
            {texts.logIn.submit}
          </Button>
        </Stack>
      </form>
      <p className={classes.hint}>{texts.logIn.first}</p>
    </main>
  );
}
