import { useEffect, useId, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { useOwnText } from './ownText.ts';

/** Forms and what people fill in there. Texts are kept here while somebody types: the extension's answer to a key comes later. */

interface FormProps {
  onSubmit?: (event: { type: string; targetValue: Record<string, string> }) => void;
  children?: ReactNode;
}

export function Form({ onSubmit, children }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]);
    onSubmit?.({ type: 'submit', targetValue: Object.fromEntries(entries) as Record<string, string> });
  };
  return (
    <form className="form" noValidate onSubmit={submit}>
      {children}
    </form>
  );
}

interface FieldProps {
  label: string;
  name: string;
  value?: string;
  required?: boolean;
  readOnly?: boolean;
  description?: string;
  placeholder?: string;
  error?: boolean;
  validationMessage?: string;
  onChange?: (value: string) => void;
  onInput?: (value: string) => void;
}

/** What hangs around a field: its label, its description, and what is wrong with it. */
export function Field(props: {
  id: string;
  label?: string | undefined;
  description?: string | undefined;
  required?: boolean | undefined;
  problem?: string | undefined;
  children: ReactNode;
}) {
  const { id, label, description, required = false, problem, children } = props;
  return (
    <div className="field">
      {label === undefined ? null : (
        <label htmlFor={id}>
          {label}
          {required ? <span aria-hidden="true"> *</span> : null}
        </label>
      )}
      {description === undefined ? null : (
        <span className="field-what" id={`${id}-what`}>
          {description}
        </span>
      )}
      {children}
      {problem === undefined ? null : (
        <span className="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function ariaOf(id: string, { error, description, validationMessage, required }: FieldProps) {
  const parts = [
    description === undefined ? '' : `${id}-what`,
    validationMessage === undefined ? '' : `${id}-problem`,
  ].filter((part) => part !== '');
  return {
    'aria-invalid': error === true,
    'aria-required': required === true,
    'aria-describedby': parts.length === 0 ? undefined : parts.join(' '),
  };
}

export function Input({ type = 'text', ...props }: FieldProps & { type?: 'text' | 'password' }) {
  const id = useId();
  const { text, set } = useOwnText(props.value ?? '', props.onInput);
  return (
    <Field
      id={id}
      label={props.label}
      description={props.description}
      required={props.required}
      problem={props.validationMessage}
    >
      <input
        id={id}
        className="input"
        type={type}
        name={props.name}
        value={text}
        placeholder={props.placeholder}
        readOnly={props.readOnly === true}
        autoComplete="off"
        {...ariaOf(id, props)}
        onChange={(event) => set(event.target.value)}
        onBlur={() => props.onChange?.(text)}
      />
    </Field>
  );
}

export function TextArea({ rows = 3, ...props }: FieldProps & { rows?: number }) {
  const id = useId();
  const { text, set } = useOwnText(props.value ?? '', props.onInput);
  return (
    <Field
      id={id}
      label={props.label}
      description={props.description}
      required={props.required}
      problem={props.validationMessage}
    >
      <textarea
        id={id}
        className="input"
        name={props.name}
        rows={rows}
        value={text}
        placeholder={props.placeholder}
        readOnly={props.readOnly === true}
        {...ariaOf(id, props)}
        onChange={(event) => set(event.target.value)}
        onBlur={() => props.onChange?.(text)}
      />
    </Field>
  );
}

interface ChoiceOption {
  label: string;
  value: string;
  description?: string;
}

interface ToggleGroupProps {
  toggleType?: 'checkboxList' | 'radioButtonList';
  name: string;
  label: string;
  options: ChoiceOption[];
  value?: string | string[];
  onChange?: (value: string | string[]) => void;
}

/** Radio buttons or checkboxes under one label. */
export function ToggleGroup(props: ToggleGroupProps) {
  const { toggleType = 'checkboxList', name, label, options, onChange } = props;
  const id = useId();
  const given = JSON.stringify(props.value ?? []);
  const [value, setValue] = useState(props.value ?? []);
  useEffect(() => setValue(JSON.parse(given) as string | string[]), [given]);
  const isRadio = toggleType === 'radioButtonList';
  const isOn = (option: string) => (Array.isArray(value) ? value.includes(option) : value === option);
  const change = (option: string, on: boolean) => {
    const next = isRadio ? option : toggled(Array.isArray(value) ? value : [], option, on);
    setValue(next);
    onChange?.(next);
  };
  return (
    <fieldset className="toggle-group">
      <legend>{label}</legend>
      {options.map((option) => (
        <div key={option.value} className="toggle-option">
          <label className="checkbox">
            <input
              type={isRadio ? 'radio' : 'checkbox'}
              name={`${id}-${name}`}
              value={option.value}
              checked={isOn(option.value)}
              aria-describedby={option.description === undefined ? undefined : `${id}-${option.value}`}
              onChange={(event) => change(option.value, event.target.checked)}
            />
            <span>{option.label}</span>
          </label>
          {option.description === undefined ? null : (
            <p className="field-what" id={`${id}-${option.value}`}>
              {option.description}
            </p>
          )}
        </div>
      ))}
    </fieldset>
  );
}

function toggled(values: string[], option: string, on: boolean): string[] {
  return on ? [...values, option] : values.filter((one) => one !== option);
}

interface MultiSelectProps {
  name?: string;
  label?: string;
  description?: string;
  placeholder?: string;
  value?: string[];
  options: ChoiceOption[];
  onChange?: (values: string[]) => void;
}

/** A list that opens: what is chosen is said on its head, each option is a checkbox. */
export function MultiSelect({ name, label = '', description, placeholder, options, ...props }: MultiSelectProps) {
  const id = useId();
  const given = JSON.stringify(props.value ?? []);
  const [values, setValues] = useState(props.value ?? []);
  useEffect(() => setValues(JSON.parse(given) as string[]), [given]);
  const chosen = options.filter((option) => values.includes(option.value)).map((option) => option.label);
  const change = (option: string, on: boolean) => {
    const next = toggled(values, option, on);
    setValues(next);
    props.onChange?.(next);
  };
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span className="field-label" id={id}>
        {label}
      </span>
      {description === undefined ? null : <span className="field-what">{description}</span>}
      <details className="multi-select">
        <summary>{chosen.length === 0 ? (placeholder ?? '') : chosen.join(', ')}</summary>
        <div className="multi-options">
          {options.length === 0 ? <p className="field-what">–</p> : null}
          {options.map((option) => (
            <label key={option.value} className="checkbox">
              <input
                type="checkbox"
                name={name}
                value={option.value}
                checked={values.includes(option.value)}
                onChange={(event) => change(option.value, event.target.checked)}
              />
              <span>{option.label}</span>
            </label>
          ))}
        </div>
      </details>
    </div>
  );
}
