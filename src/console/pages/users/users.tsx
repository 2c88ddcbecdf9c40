/** Who may log in, and as what. */

import { Badge, Group, Text } from '@mantine/core';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay, useSession } from '../../api/session.ts';
import { asNumber, asTime } from '../../format.ts';
import { given } from '../../given.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { texts } from '../../texts.ts';
import { AddUser } from './add-user.tsx';
import { ChangeUser } from './change-user.tsx';

type User = Schema<'ListedUser'>;

/** The page. */
export function Users() {
  const mayManage = useMay('admin');
  const { users } = texts;
  if (!mayManage)
    return (
      <Page title={users.title}>
        <Text>{texts.mayNot(texts.roles.admin)}</Text>
      </Page>
    );
  return <UserList />;
}

function UserList() {
  const { data: session } = useSession();
  const pages = useCursorPages<User>({
    key: ['users'],
    load: async (after, signal) => {
      const query = given({ after });
      const found = await dataOf(api.GET('/v1/users', { params: { query }, signal }));
      return { items: found.users, next: found.next };
    },
  });
  const { users } = texts;
  const { columns } = users;
  const isOwn = ({ name }: User) => name === session?.user;
  const shown: readonly Column<User>[] = [
    {
      key: 'name',
      title: columns.name,
      of: (one) => (
        <Group gap="xs">
          <span>{one.name}</span>
          {isOwn(one) && (
            <Text span size="sm" c="dimmed">
              ({users.you})
            </Text>
          )}
          {one.disabled && <Badge color="gray">{users.disabled}</Badge>}
        </Group>
      ),
    },
    { key: 'role', title: columns.role, of: ({ role }) => texts.roles[role] },
    {
      key: 'sessions',
      title: columns.sessions,
      of: ({ sessions }) =>
        sessions === 0 ? texts.app.no : users.sessions(sessions, asNumber(sessions)),
    },
    { key: 'last', title: columns.last, of: ({ lastLogInAt }) => asTime(lastLogInAt) },
    {
      key: 'action',
      title: columns.action,
      of: (one) =>
        isOwn(one) ? (
          <Text size="sm" c="dimmed">
            {users.own}
          </Text>
        ) : (
          <ChangeUser user={one} />
        ),
    },
  ];
  return (
    <Page title={users.title} actions={<AddUser />}>
      <PagedTable
        what={users.what}
        pages={pages}
        columns={shown}
        keyOf={({ name }) => name}
        empty={users.empty}
      />
    </Page>
  );
}
