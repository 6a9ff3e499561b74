import { Input } from '@hubspot/ui-extensions';

interface TextFieldProps {
  name: string;
  label: string;
  value: string;
  onValue: (value: string) => void;
  description?: string;
  /** What is wrong with the value; null if nothing is. */
  problem?: string | null;
  type?: 'text' | 'password';
  readOnly?: boolean;
  isOptional?: boolean;
}

/** One line of text. Browsers that fill a field in by themselves report a change, people report input; both count. */
export function TextField(props: TextFieldProps) {
  const { name, label, value, onValue, description, problem = null, readOnly = false, isOptional = false } = props;
  return (
    <Input
      name={name}
      label={label}
      value={value}
      type={props.type ?? 'text'}
      readOnly={readOnly}
      required={!readOnly && !isOptional}
      error={problem !== null}
      onInput={onValue}
      onChange={onValue}
      {...(description === undefined ? {} : { description })}
      {...(problem === null ? {} : { validationMessage: problem })}
    />
  );
}
