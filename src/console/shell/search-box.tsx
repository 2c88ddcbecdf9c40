/** The one box by which people are found from anywhere. */
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { SearchIcon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import classes from './search-box.module.css';

/** The box. */
export function SearchBox() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const q = text.trim();
    if (q !== '') void navigate({ to: '/search', search: { q } });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: not all browsers know <search> yet
    <form role="search" className={classes.form} onSubmit={submit}>
      <TextInput
        type="search"
        aria-label={texts.search.label}
        placeholder={texts.search.placeholder}
        leftSection={<SearchIcon />}
        maxLength={300}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
