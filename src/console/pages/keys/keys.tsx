/** Keys of programs: made, seen once, revoked. */
import { Switch, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asTime } from '../../format.ts';
import { given } from '../../given.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { texts } from '../../texts.ts';
import { AddKey } from './add-key.tsx';

type Key = Schema<'ApiKey'>;

/** The page. */
export function Keys() {
  const mayManage = useMay('admin');
  const { keys } = texts;
  if (!mayManage)
    return (
      <Page title={keys.title}>
        <Text>{texts.mayNot(texts.roles.admin)}</Text>
      </Page>
    );
  return <KeyList />;
}

function KeyList() {
  const isAll = useSearch({ strict: false }).view === 'all';
  const navigate = useNavigate();
  const pages = useCursorPages<Key>({
    key: ['keys', isAll],
    load: async (after, signal) => {
      const query = given({ after, all: isAll ? ('true' as const) : undefined });
      const found = await dataOf(api.GET('/v1/keys', { params: { query }, signal }));
      return { items: found.keys, next: found.next };
    },
  });
  const { keys } = texts;
  return (
    <Page title={keys.title} actions={<AddKey />}>
      <Text c="dimmed">{keys.about}</Text>
      <Switch
        label={keys.all}
        checked={isAll}
        onChange={({ currentTarget: { checked } }) =>
          void navigate({ to: '/keys', search: checked ? { view: 'all' } : {}, replace: true })
        }
      />
      <PagedTable
        what={keys.what}
        pages={pages}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={keys.empty}
      />
    </Page>
  );
}

const { columns } = texts.keys;
const COLUMNS: readonly Column<Key>[] = [
  { key: 'name', title: columns.name, of: ({ name }) => name },
  { key: 'scope', title: columns.scope, of: ({ scope }) => texts.keys.scopes[scope] },
  { key: 'made', title: columns.made, isShort: true, of: ({ createdAt }) => asTime(createdAt) },
  {
    key: 'used',
    title: columns.used,
    of: ({ lastUsedAt }) => (lastUsedAt === null ? texts.keys.never : asTime(lastUsedAt)),
  },
  { key: 'action', title: columns.action, of: (one) => <Revoke of={one} /> },
];

function Revoke({ of: { id, name, revokedAt } }: { readonly of: Key }) {
  const { keys } = texts;
  if (revokedAt !== null) return keys.revoked(asTime(revokedAt));
  return (
    <ConfirmButton
      label={keys.revokeShort}
      title={keys.revoke(name)}
      sure={keys.revokeSure}
      button={{ size: 'xs', variant: 'default' }}
      act={() => api.DELETE('/v1/keys/{id}', { params: { path: { id } } })}
      renews={['keys']}
    />
  );
}
