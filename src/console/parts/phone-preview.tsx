/** A template as a person's phone shows it. All of it is text, whatever stands in the list. */
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';
import classes from './phone-preview.module.css';

/** What the phone shows. */
export interface Preview {
  readonly header?: string | undefined;
  readonly body: string;
  readonly footer?: string | undefined;
  /** Labels of further buttons. */
  readonly buttons?: readonly string[];
}

const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** The phone. @param p.values what takes the place of `{{name}}`; those without one stay as they are, marked */
export function PhonePreview({
  preview,
  values = {},
}: {
  readonly preview: Preview;
  readonly values?: Readonly<Record<string, string>>;
}) {
  const { header, body, footer, buttons = [] } = preview;
  return (
    <figure className={classes.phone} aria-label={texts.phone.label}>
      <div className={classes.screen}>
        <div className={classes.bubble}>
          {header !== undefined && <p className={classes.header}>{filled(header, values)}</p>}
          <p className={classes.body}>{filled(body, values)}</p>
          {footer !== undefined && <p className={classes.footer}>{footer}</p>}
          <span className={classes.time}>{texts.phone.now}</span>
        </div>
        <div className={classes.buttons}>
          <span className={classes.ask}>{texts.phone.allow}</span>
          <span className={classes.button}>{texts.phone.choose}</span>
          {buttons.map((label) => (
            <span key={label} className={classes.button}>
              {label}
            </span>
          ))}
        </div>
      </div>
    </figure>
  );
}

function filled(text: string, values: Readonly<Record<string, string>>): readonly ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(PLACEHOLDER)) {
    const [whole, name = ''] = found;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    parts.push(text.slice(from, found.index));
    parts.push(
      <mark key={found.index} className={value ? classes.value : classes.missing}>
        {value || whole}
      </mark>,
    );
    from = found.index + whole.length;
  }
  return [...parts, text.slice(from)];
}
