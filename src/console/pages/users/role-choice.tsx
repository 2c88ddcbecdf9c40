/** The roles, each with what it may do. */
import { Radio, Stack } from '@mantine/core';
import type { Role } from '../../api/session.ts';
import { texts } from '../../texts.ts';

const ROLES = ['viewer', 'operator', 'admin'] as const satisfies readonly Role[];

/** The choice. */
export function RoleChoice({
  value,
  onChange,
}: {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}) {
  const { users } = texts;
  return (
    <Radio.Group label={users.role} value={value} onChange={(role) => onChange(role as Role)}>
      <Stack gap="xs" mt="xs">
        {ROLES.map((role) => (
          <Radio
            key={role}
            value={role}
            label={texts.roles[role]}
            description={users.roleHints[role]}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
