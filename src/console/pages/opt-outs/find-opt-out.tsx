/** Who is looked for on the opt-out list: a number, or how it ends. */
import { Button, Group, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { ButtonLink } from '../../parts/links.tsx';
import { texts } from '../../texts.ts';

const TOO_LONG = 200;

/** The box. */
export function FindOptOut({ q = '' }: { readonly q: string | undefined }) {
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  // By a link to this page, or the way back, it is another one.
  useEffect(() => setText(q), [q]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    void navigate({
      to: '/opt-outs',
      search: wanted === '' ? {} : { q: wanted },
      resetScroll: false,
    });
  };
  const { optOuts } = texts;
  return (
    <form onSubmit={submit}>
      <Group className="boxes" gap="xs" align="flex-end">
        <TextInput
          label={optOuts.findLabel}
          type="search"
          autoComplete="off"
          spellCheck={false}
          maxLength={TOO_LONG}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {optOuts.find}
        </Button>
        {q !== '' && (
          <ButtonLink to="/opt-outs" search={{}} variant="subtle">
            {optOuts.all}
          </ButtonLink>
        )}
      </Group>
    </form>
  );
}
