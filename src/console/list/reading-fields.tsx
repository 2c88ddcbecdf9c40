/** How the numbers of a list are read that do not say it themselves: beside the list, since refused lines speak of it. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SETUP } from '../api/setup-query.ts';
import { texts } from '../texts.ts';
import type { Reading } from './reading.ts';

/** The boxes. */
export function ReadingFields({
  settings: { defaultCountry, numbers },
  onChange,
}: {
  readonly settings: Reading;
  readonly onChange: (change: Partial<Reading>) => void;
}) {
  const text = texts.newCampaign;
  const { data: setup } = useQuery(SETUP);
  const usual = setup?.defaultCountry ?? null;
  return (
    <>
      <TextInput
        label={text.country}
        description={usual === null ? text.countryHint : text.countrySet(usual)}
        maxLength={2}
        w="22rem"
        maw="100%"
        value={defaultCountry}
        onChange={({ currentTarget: { value } }) => onChange({ defaultCountry: value })}
      />
      <NativeSelect
        label={text.numbers}
        description={text.numbersHint}
        w="22rem"
        maw="100%"
        value={numbers}
        data={NUMBERS.map((value) => ({ value, label: text.numbersAre[value || 'either'] }))}
        onChange={({ currentTarget: { value } }) =>
          onChange({ numbers: NUMBERS.find((one) => one === value) ?? '' })
        }
      />
    </>
  );
}

const NUMBERS = ['', 'international', 'national'] as const;
