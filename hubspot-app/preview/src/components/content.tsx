import type { ReactNode } from 'react';

interface Children {
  children?: ReactNode;
  testId?: string;
}

interface TextProps extends Children {
  variant?: string;
  inline?: boolean;
  format?: { fontWeight?: string; italic?: boolean; lineDecoration?: string };
}

export function Text({ variant = 'bodytext', inline = false, format, children, testId }: TextProps) {
  const look = `text text-${variant} weight-${format?.fontWeight ?? 'regular'}`;
  return inline ? (
    <span className={look} data-testid={testId}>
      {children}
    </span>
  ) : (
    <div className={look} data-testid={testId}>
      {children}
    </div>
  );
}

export const Heading = ({ children }: Children) => <h3 className="heading">{children}</h3>;
export const Divider = () => <hr className="divider" />;
export const Tile = ({ children, compact = false, testId }: Children & { compact?: boolean }) => (
  <div className={compact ? 'tile tile-compact' : 'tile'} data-testid={testId}>
    {children}
  </div>
);
export const Tag = ({ children, variant = 'default' }: Children & { variant?: string }) => (
  <span className={`tag tag-${variant}`}>{children}</span>
);

export function StatusTag({ children, variant = 'default', hollow = false, testId }: StatusTagProps) {
  return (
    <span className={`status status-${variant}${hollow ? ' status-hollow' : ''}`} data-testid={testId}>
      <span className="status-dot" aria-hidden="true" />
      {children}
    </span>
  );
}

interface StatusTagProps extends Children {
  variant?: string;
  hollow?: boolean;
}

export function List({ children, variant = 'unordered' }: Children & { variant?: string }) {
  const items = Array.isArray(children) ? children : [children];
  const List = variant.startsWith('ordered') ? 'ol' : 'ul';
  return (
    <List className="list">
      {items.map((child, index) => (
        <li key={index}>{child as ReactNode}</li>
      ))}
    </List>
  );
}

const GLYPHS: Record<string, string> = {
  add: '+',
  remove: '×',
  success: '✓',
  refresh: '↻',
  warning: '!',
  info: 'i',
  undo: '↶',
};

export function Icon({ name, screenReaderText }: { name: string; screenReaderText?: string }) {
  return (
    <span className="icon" data-icon={name}>
      <span aria-hidden="true">{GLYPHS[name] ?? '•'}</span>
      {screenReaderText === undefined ? null : <span className="sr-only"> {screenReaderText}</span>}
    </span>
  );
}

interface FlexProps extends Children {
  direction?: string;
  gap?: string;
  justify?: string;
  align?: string;
  wrap?: boolean | string;
}

const GAPS: Record<string, number> = { flush: 0, xs: 4, sm: 8, md: 16, lg: 24, xl: 32 };
const KEYWORDS: Record<string, string> = {
  start: 'flex-start',
  end: 'flex-end',
  between: 'space-between',
  around: 'space-around',
};

export function Flex({ direction = 'row', gap = 'flush', justify, align, wrap, children, testId }: FlexProps) {
  return (
    <div
      className={`flex flex-${direction}`}
      data-testid={testId}
      style={{
        gap: GAPS[gap] ?? 0,
        justifyContent: justify === undefined ? undefined : (KEYWORDS[justify] ?? justify),
        alignItems: align === undefined ? undefined : (KEYWORDS[align] ?? align),
        flexWrap: wrap === true || wrap === 'wrap' ? 'wrap' : 'nowrap',
      }}
    >
      {children}
    </div>
  );
}

export const Box = ({ flex, children }: Children & { flex?: string | number }) => (
  <div className="box" style={{ flex: typeof flex === 'number' ? `${flex} 1 0` : flex }}>
    {children}
  </div>
);

export const Inline = (props: FlexProps) => <Flex {...props} direction="row" wrap />;
