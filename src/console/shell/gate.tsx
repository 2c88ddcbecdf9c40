/** Before everything: who is logged in. Nobody sees the log-in, at the page they asked for, and stays there afterwards. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { followTabs, useSession } from '../api/session.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { LogInPage } from './log-in-page.tsx';
import { PageLoading } from './page-states.tsx';

/** Shows what it holds to whoever is logged in. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { data, error, failureReason } = useSession();
  const queries = useQueryClient();
  useEffect(() => followTabs(queries), [queries]);
  if (data === null) return <LogInPage />;
  if (data !== undefined) return children;
  // The look goes on by itself.
  const failed = error ?? failureReason;
  return failed === null ? <PageLoading /> : <ProblemAlert error={failed} />;
}
