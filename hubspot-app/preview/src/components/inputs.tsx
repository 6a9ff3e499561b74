import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useOwnText } from './ownText.ts';

interface SearchInputProps {
  name: string;
  label?: string;
  value?: string;
  placeholder?: string;
  clearable?: boolean;
  readOnly?: boolean;
  onInput?: (value: string) => void;
  onChange?: (value: string) => void;
}

/** Keeps its own text while somebody types: the extension's answer to a key comes later. */
export function SearchInput(props: SearchInputProps) {
  const { name, label, value = '', placeholder, clearable = false, onInput, onChange } = props;
  const id = useId();
  const { text, set } = useOwnText(value, onInput);
  return (
    <div className="field">
      {label === undefined ? null : <label htmlFor={id}>{label}</label>}
      <div className="search">
        <input
          id={id}
          type="text"
          role="searchbox"
          name={name}
          value={text}
          placeholder={placeholder}
          readOnly={props.readOnly}
          autoComplete="off"
          onChange={(event) => set(event.target.value)}
          onBlur={() => onChange?.(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              onChange?.(text);
            }
          }}
        />
        {clearable && text !== '' ? (
          <button
            type="button"
            className="search-clear"
            aria-label="Clear search"
            onClick={() => {
              set('');
              onChange?.('');
            }}
          >
            ×
          </button>
        ) : (
          <span className="search-icon" aria-hidden="true" />
        )}
      </div>
    </div>
  );
}

type Value = string | number | boolean;

interface SelectProps {
  name?: string;
  label?: string;
  description?: string;
  required?: boolean;
  value?: Value;
  options: { label: string; value: Value }[];
  readOnly?: boolean;
  onChange?: (value: Value) => void;
}

/** Options go by their place, so that numbers and booleans survive. */
export function Select({ name, label, description, value, options, readOnly, required, onChange }: SelectProps) {
  const id = useId();
  const index = options.findIndex((option) => option.value === value);
  return (
    <div className="field">
      {label === undefined ? null : (
        <label htmlFor={id}>
          {label}
          {required === true ? <span aria-hidden="true"> *</span> : null}
        </label>
      )}
      {description === undefined ? null : (
        <span className="field-what" id={`${id}-what`}>
          {description}
        </span>
      )}
      <select
        id={id}
        name={name}
        aria-describedby={description === undefined ? undefined : `${id}-what`}
        value={String(index)}
        disabled={readOnly}
        onChange={(event) => {
          const option = options[Number(event.target.value)];
          if (option !== undefined) {
            onChange?.(option.value);
          }
        }}
      >
        {options.map((option, at) => (
          <option key={at} value={String(at)}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface CheckboxProps {
  name?: string;
  value?: string;
  checked?: boolean;
  readOnly?: boolean;
  description?: string;
  'aria-label'?: string;
  onChange?: (checked: boolean, value: string) => void;
  children?: ReactNode;
}

/** Shows a tick at once: the extension's answer to it comes later. */
export function Checkbox(props: CheckboxProps) {
  const { name, value = '', checked = false, readOnly = false, onChange, children } = props;
  const [isTicked, setTicked] = useState(checked);
  useEffect(() => setTicked(checked), [checked]);
  return (
    <label className="checkbox">
      <input
        type="checkbox"
        name={name}
        checked={isTicked}
        disabled={readOnly}
        aria-label={props['aria-label']}
        onChange={(event) => {
          setTicked(event.target.checked);
          onChange?.(event.target.checked, value);
        }}
      />
      <span>
        {children}
        {props.description === undefined ? null : <span className="field-what">{props.description}</span>}
      </span>
    </label>
  );
}

interface ToggleProps {
  name?: string;
  label: string;
  checked?: boolean;
  readonly?: boolean;
  readOnly?: boolean;
  onChange?: (checked: boolean) => void;
}

/** A switch. It moves at once: the extension's answer comes later. */
export function Toggle({ name, label, checked = false, onChange, ...props }: ToggleProps) {
  const [isOn, setOn] = useState(checked);
  useEffect(() => setOn(checked), [checked]);
  return (
    <label className="toggle">
      <input
        type="checkbox"
        role="switch"
        name={name}
        checked={isOn}
        disabled={props.readonly === true || props.readOnly === true}
        onChange={(event) => {
          setOn(event.target.checked);
          onChange?.(event.target.checked);
        }}
      />
      <span>{label}</span>
    </label>
  );
}

interface NumberInputProps {
  name?: string;
  label?: string;
  description?: string;
  value?: number;
  min?: number;
  max?: number;
  error?: boolean;
  validationMessage?: string;
  readOnly?: boolean;
  onInput?: (value: number) => void;
  onChange?: (value: number) => void;
}

/** Keeps its own text while somebody types; what is no number is told as NaN. */
export function NumberInput(props: NumberInputProps) {
  const { name, label, description, value, min, max, onInput, onChange } = props;
  const id = useId();
  const numberOf = (typed: string) => (typed.trim() === '' ? Number.NaN : Number(typed));
  const given = value === undefined || Number.isNaN(value) ? '' : String(value);
  const { text, set } = useOwnText(given, (typed) => onInput?.(numberOf(typed)));
  const what = description === undefined ? '' : `${id}-what`;
  const problem = props.validationMessage === undefined ? '' : `${id}-problem`;
  return (
    <div className="field">
      {label === undefined ? null : <label htmlFor={id}>{label}</label>}
      {description === undefined ? null : (
        <span className="field-what" id={what}>
          {description}
        </span>
      )}
      <input
        id={id}
        className="input input-number"
        type="number"
        name={name}
        value={text}
        min={min}
        max={max}
        readOnly={props.readOnly === true}
        aria-invalid={props.error === true}
        aria-describedby={[what, problem].filter((part) => part !== '').join(' ') || undefined}
        onChange={(event) => set(event.target.value)}
        onBlur={() => onChange?.(numberOf(text))}
      />
      {problem === '' ? null : (
        <span className="field-problem" id={problem} role="alert">
          {props.validationMessage}
        </span>
      )}
    </div>
  );
}
