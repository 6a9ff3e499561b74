import type { ReactNode } from 'react';
import { useLink } from '../home.tsx';
import type { Href } from '../home.tsx';
import { useOverlay } from './overlays.tsx';

interface ButtonProps {
  variant?: string;
  size?: string;
  type?: 'button' | 'submit' | 'reset';
  href?: Href;
  disabled?: boolean;
  overlay?: ReactNode;
  onClick?: (event: object) => void;
  testId?: string;
  children?: ReactNode;
}

/** What of an event crosses to the worker. */
function plain(type: string): object {
  return { type, bubbles: true, timeStamp: performance.now() };
}

export function Button(props: ButtonProps) {
  const { href, ...rest } = props;
  return href === undefined ? <PlainButton {...rest} /> : <LinkButton {...rest} href={href} />;
}

function lookOf({ variant = 'secondary', size = 'md' }: ButtonProps): string {
  return `button button-${variant} size-${size}`;
}

function LinkButton(props: ButtonProps & { href: Href }) {
  const link = useLink(props.href, () => props.onClick?.(plain('click')));
  return (
    <a className={lookOf(props)} data-testid={props.testId} {...link}>
      {props.children}
      <ExternalMark href={props.href} />
    </a>
  );
}

function PlainButton(props: ButtonProps) {
  const { disabled = false, overlay, onClick, testId, children } = props;
  const { show, layer } = useOverlay(overlay);
  return (
    <>
      <button
        type={props.type ?? 'button'}
        className={lookOf(props)}
        disabled={disabled}
        data-testid={testId}
        onClick={() => {
          onClick?.(plain('click'));
          show();
        }}
      >
        {children}
      </button>
      {layer}
    </>
  );
}

export function LoadingButton({ loading = false, ...props }: ButtonProps & { loading?: boolean }) {
  return (
    <Button {...props} disabled={props.disabled === true || loading}>
      {loading ? <span className="spinner spinner-xs" aria-hidden="true" /> : null}
      {props.children}
    </Button>
  );
}

export function Link({ href, children, onClick }: { href: Href; children?: ReactNode; onClick?: (e: object) => void }) {
  const link = useLink(href, () => onClick?.(plain('click')));
  return (
    <a className="link" {...link}>
      {children}
      <ExternalMark href={href} />
    </a>
  );
}

function ExternalMark({ href }: { href: Href }) {
  return typeof href === 'object' && href.external === true ? (
    <span className="external">
      <span aria-hidden="true"> ↗</span>
      <span className="sr-only"> (opens in a new tab)</span>
    </span>
  ) : null;
}

export const ButtonRow = ({ children }: { children?: ReactNode }) => <div className="button-row">{children}</div>;
