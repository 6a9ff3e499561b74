import { Children, isValidElement, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

/** Tabs, step indicator and accordion. */

type TabId = string | number;

interface TabProps {
  tabId?: TabId;
  title?: string;
  disabled?: boolean;
  children?: ReactNode;
}

/** Only what is in the selected tab is on the page. */
export function Tab({ children }: TabProps) {
  return <>{children}</>;
}

interface TabsProps {
  selected?: TabId;
  defaultSelected?: TabId;
  onSelectedChange?: (id: TabId) => void;
  variant?: 'default' | 'enclosed';
  children?: ReactNode;
}

interface Head {
  id: TabId;
  title: string;
  isDisabled: boolean;
  node: ReactNode;
}

/** A remote child is a renderer around a component; the tab's own properties are those of the component inside. */
function headOf(node: ReactNode, index: number): Head {
  const props = isValidElement<TabProps & { component?: { props?: TabProps } }>(node) ? node.props : {};
  const own: TabProps = props.component?.props ?? props;
  return { id: own.tabId ?? index, title: own.title ?? '', isDisabled: own.disabled === true, node };
}

export function Tabs({ selected, defaultSelected, onSelectedChange, variant = 'default', children }: TabsProps) {
  const id = useId();
  const heads = Children.toArray(children).map(headOf);
  const [own, setOwn] = useState<TabId | undefined>(defaultSelected);
  const list = useRef<HTMLDivElement>(null);
  const current = heads.find((head) => head.id === (selected ?? own)) ?? heads[0];
  const choose = (head: Head) => {
    setOwn(head.id);
    onSelectedChange?.(head.id);
  };
  const move = (event: KeyboardEvent) => {
    const next = neighbour(heads, current, event.key);
    if (next !== undefined) {
      event.preventDefault();
      choose(next);
      list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
    }
  };
  return (
    <div>
      <div className={variant === 'enclosed' ? 'tabs tabs-enclosed' : 'tabs'} role="tablist" ref={list} onKeyDown={move}>
        {heads.map((head) => (
          <button
            key={head.id}
            type="button"
            role="tab"
            id={`${id}-${head.id}`}
            data-tab={head.id}
            aria-selected={head === current}
            aria-controls={`${id}-panel`}
            tabIndex={head === current ? 0 : -1}
            disabled={head.isDisabled}
            onClick={() => choose(head)}
          >
            {head.title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${current?.id ?? ''}`}>
        {current?.node}
      </div>
    </div>
  );
}

/** Arrow keys go round, Home and End to the ends. */
function neighbour(heads: Head[], current: Head | undefined, key: string): Head | undefined {
  const usable = heads.filter((head) => !head.isDisabled);
  const at = usable.findIndex((head) => head === current);
  switch (key) {
    case 'ArrowRight':
      return usable[(at + 1) % usable.length];
    case 'ArrowLeft':
      return usable[(at - 1 + usable.length) % usable.length];
    case 'Home':
      return usable[0];
    case 'End':
      return usable.at(-1);
    default:
      return undefined;
  }
}

interface StepIndicatorProps {
  stepNames: string[];
  currentStep?: number;
  onClick?: (step: number) => void;
}

export function StepIndicator({ stepNames, currentStep = 0, onClick }: StepIndicatorProps) {
  const stateOf = (step: number) => (step < currentStep ? 'done' : step === currentStep ? 'current' : 'ahead');
  return (
    <ol className="steps" aria-label="Steps">
      {stepNames.map((name, step) => (
        <li key={name} className={`step step-${stateOf(step)}`} aria-current={step === currentStep ? 'step' : undefined}>
          <span className="step-circle" aria-hidden="true">
            {step < currentStep ? '✓' : step + 1}
          </span>
          {onClick === undefined ? (
            <span>{name}</span>
          ) : (
            <button type="button" onClick={() => onClick(step)}>
              {name}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}

interface AccordionProps {
  title: string;
  defaultOpen?: boolean;
  open?: boolean;
  disabled?: boolean;
  onClick?: () => void;
  children?: ReactNode;
}

export function Accordion({ title, defaultOpen = false, open, disabled = false, onClick, children }: AccordionProps) {
  const id = useId();
  const [own, setOwn] = useState(defaultOpen);
  const isOpen = open ?? own;
  return (
    <div className="accordion">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        disabled={disabled}
        onClick={() => {
          setOwn(!isOpen);
          onClick?.();
        }}
      >
        {title}
      </button>
      <div id={id} hidden={!isOpen}>
        {children}
      </div>
    </div>
  );
}
