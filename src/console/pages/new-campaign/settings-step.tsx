/** When and how it asks: name, senders, hours and limits. */
import { Checkbox, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { asZone } from '../../format.ts';
import { Section } from '../../parts/section.tsx';
import { texts } from '../../texts.ts';
import classes from './new-campaign.module.css';
import { type Settings, wrongIn } from './settings.ts';

/** The step. */
export function SettingsStep({
  settings,
  senders,
  onChange,
}: {
  readonly settings: Settings;
  /** All there are. */
  readonly senders: readonly string[];
  readonly onChange: (change: Partial<Settings>) => void;
}) {
  const text = texts.newCampaign;
  return (
    <Section title={text.how}>
      <div className={classes.grid}>
        <TextInput
          label={text.name}
          description={text.nameHint}
          maxLength={255}
          value={settings.name}
          onChange={({ currentTarget: { value } }) => onChange({ name: value })}
        />
        <Start settings={settings} onChange={onChange} />
        {senders.length > 1 && (
          <Checkbox.Group
            label={text.senders}
            description={text.sendersHint}
            value={[...settings.senders]}
            onChange={(chosen) => onChange({ senders: chosen })}
          >
            <Stack gap="xs" mt="xs">
              {senders.map((id) => (
                <Checkbox key={id} value={id} label={id} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
      </div>
      <details>
        <summary>{text.more}</summary>
        <Limits settings={settings} onChange={onChange} />
      </details>
    </Section>
  );
}

interface Choosing {
  readonly settings: Settings;
  readonly onChange: (change: Partial<Settings>) => void;
}

function Start({ settings, onChange }: Choosing) {
  const text = texts.newCampaign;
  return (
    <Radio.Group
      label={text.start}
      value={settings.start}
      onChange={(value) => onChange({ start: value as Settings['start'] })}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="now" label={text.startNow} />
        <Radio value="at" label={text.startAt} />
        {settings.start === 'at' && (
          <TextInput
            type="datetime-local"
            label={text.startTime}
            description={text.yourTime(asZone())}
            required
            error={wrongIn(settings).startAt === 'past' ? text.past : undefined}
            value={settings.startAt}
            onChange={({ currentTarget: { value } }) => onChange({ startAt: value })}
          />
        )}
        <Radio value="draft" label={text.startDraft} />
      </Stack>
    </Radio.Group>
  );
}

function Limits({ settings, onChange }: Choosing) {
  const text = texts.newCampaign;
  const wrong = wrongIn(settings);
  return (
    <div className={classes.grid}>
      <div>
        <Group gap="sm" align="flex-start">
          <TextInput
            type="time"
            label={text.quietFrom}
            error={wrong.quiet === 'from' ? text.quietHalf : undefined}
            value={settings.quietFrom}
            onChange={({ currentTarget: { value } }) => onChange({ quietFrom: value })}
          />
          <TextInput
            type="time"
            label={text.quietTo}
            error={wrong.quiet === 'to' ? text.quietHalf : undefined}
            value={settings.quietTo}
            onChange={({ currentTarget: { value } }) => onChange({ quietTo: value })}
          />
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {text.ownDay}
        </Text>
      </div>
      <TextInput
        type="datetime-local"
        label={texts.campaign.expireAt}
        description={text.yourTime(asZone())}
        error={wrong.expireAt && { past: text.past, early: text.beforeStart }[wrong.expireAt]}
        value={settings.expireAt}
        onChange={({ currentTarget: { value } }) => onChange({ expireAt: value })}
      />
      <NativeSelect
        label={texts.campaign.pairLimit}
        value={settings.onPairLimit}
        data={(['wait', 'skip'] as const).map((value) => ({
          value,
          label: texts.campaign.pairLimits[value],
        }))}
        onChange={({ currentTarget: { value } }) =>
          onChange({ onPairLimit: value === 'skip' ? 'skip' : 'wait' })
        }
      />
      <TextInput
        label={text.maxErrors}
        description={text.maxErrorsHint}
        maxLength={10}
        value={settings.maxErrors}
        onChange={({ currentTarget: { value } }) => onChange({ maxErrors: value })}
      />
      <TextInput
        label={text.weight}
        description={text.weightHint}
        error={wrong.weight === undefined ? undefined : text.weightWrong}
        inputMode="numeric"
        maxLength={3}
        value={settings.weight}
        onChange={({ currentTarget: { value } }) => onChange({ weight: value })}
      />
      <Stack gap="xs">
        <Checkbox
          label={text.includeGranted}
          checked={settings.includeGranted}
          onChange={({ currentTarget: { checked } }) => onChange({ includeGranted: checked })}
        />
        <Checkbox
          label={text.includeDeclined}
          checked={settings.includeDeclined}
          onChange={({ currentTarget: { checked } }) => onChange({ includeDeclined: checked })}
        />
        <Checkbox
          label={text.again}
          checked={settings.again}
          onChange={({ currentTarget: { checked } }) => onChange({ again: checked })}
        />
      </Stack>
    </div>
  );
}
