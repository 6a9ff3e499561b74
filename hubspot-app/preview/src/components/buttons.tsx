import type { ReactNode } from 'react';
import { useOverlay } from './overlays.tsx';

type Href = string | { url: string; external?: boolean };

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

function linkOf(href: Href) {
  const url = typeof href === 'string' ? href : href.url;
  const external = typeof href === 'string' ? false : href.external === true;
  return external ? { href: url, target: '_blank', rel: 'noreferrer' } : { href: url };
}

export function Button(props: ButtonProps) {
  const { variant = 'secondary', size = 'md', href, disabled = false, overlay, onClick, testId, children } = props;
  const { show, layer } = useOverlay(overlay);
  const look = `button button-${variant} size-${size}`;
  if (href !== undefined) {
    return (
      <a className={look} data-testid={testId} {...linkOf(href)} onClick={() => onClick?.(plain('click'))}>
        {children}
        <ExternalMark href={href} />
      </a>
    );
  }
  return (
    <>
      <button
        type={props.type ?? 'button'}
        className={look}
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
  return (
    <a className="link" {...linkOf(href)} onClick={() => onClick?.(plain('click'))}>
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
