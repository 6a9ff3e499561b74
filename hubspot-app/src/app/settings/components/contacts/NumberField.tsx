import { NumberInput } from '@hubspot/ui-extensions';
import { useSettings } from '../SettingsContext.tsx';

interface NumberFieldProps {
  name: string;
  label: string;
  description?: string;
  value: number;
  min: number;
  max: number;
  isRight: (value: number) => boolean;
  /** What is wrong with a wrong one, if it is not its bounds. */
  wrong?: string;
  onValue: (value: number) => void;
}

/** A whole number between two bounds. An emptied field is no number, and says so. */
export function NumberField({ name, label, description, value, min, max, isRight, wrong, onValue }: NumberFieldProps) {
  const { t, format } = useSettings();
  const isWrong = !isRight(value);
  return (
    <NumberInput
      name={name}
      label={label}
      value={value}
      min={min}
      max={max}
      precision={0}
      error={isWrong}
      onInput={(next) => onValue(Number(next))}
      onChange={(next) => onValue(Number(next))}
      {...(description === undefined ? {} : { description })}
      {...(isWrong ? { validationMessage: wrong ?? t('field.between', { min: format.number(min), max: format.number(max) }) } : {})}
    />
  );
}
