// Small form parts with a label above, dense enough for a filter row.
import { Button, Dialog, Input, Select, Textarea } from '@digdir/designsystemet-react';
import { useId, useRef } from 'react';
import { useWords } from '../words/words.ts';

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange } = props;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Select id={id} value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** A few choices side by side. */
export function Segments<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange } = props;
  const name = useId();
  return (
    <fieldset className="segments">
      <legend>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'search' | 'number' | 'email' | 'url' | 'date' | 'datetime-local';
  readonly placeholder?: string;
  /** What is expected, under the field. */
  readonly hint?: string;
  /** Of the whole value; the browser says so with the hint. */
  readonly pattern?: string;
  readonly required?: boolean;
  readonly grow?: boolean;
}

export function TextInput(props: TextProps) {
  const { label, value, onChange, type = 'text', placeholder, required = false, grow } = props;
  const { hint, pattern } = props;
  const id = useId();
  return (
    <div className={grow === true ? 'field grow' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <Input
        id={id}
        type={type}
        value={value}
        required={required}
        {...(placeholder !== undefined && { placeholder })}
        {...(pattern !== undefined && { pattern, title: hint })}
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="quiet hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface ParagraphsProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows: number;
  /** Letters at most, as the platform takes them. */
  readonly most: number;
  readonly hint?: string;
}

/** Text of several lines. */
export function Paragraphs({ label, value, onChange, rows, most, hint }: ParagraphsProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Textarea
        id={id}
        value={value}
        rows={rows}
        maxLength={most}
        required
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="quiet hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface FormDialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

/** A dialog over the page: the browser keeps the focus in it and gives it back afterwards. */
export function ModalDialog({ title, open, onClose, children }: FormDialogProps) {
  const t = useWords();
  const id = useId();
  return (
    <Dialog open={open} onClose={onClose} closeButton={t('action.close')} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </Dialog>
  );
}

/** What is shown once: a token in a field of its own, and a button that copies it. */
export function OnceShown({ secret, note }: { readonly secret: string; readonly note: string }) {
  const t = useWords();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <div className="once">
      <label htmlFor={id}>{note}</label>
      <div className="row">
        <input
          id={id}
          ref={field}
          readOnly
          value={secret}
          onFocus={() => field.current?.select()}
        />
        <Button variant="secondary" onClick={() => void navigator.clipboard?.writeText(secret)}>
          {t('action.copy')}
        </Button>
      </div>
    </div>
  );
}
