import type { ReactNode } from 'react';

interface StateProps {
  title?: string;
  children?: ReactNode;
  layout?: string;
  imageName?: string;
  imageWidth?: number;
  type?: string;
}

export function Alert({ title, variant = 'info', children }: StateProps & { variant?: string }) {
  const urgent = variant === 'danger' || variant === 'error';
  return (
    <div className={`alert alert-${variant}`} role={urgent ? 'alert' : 'status'}>
      <strong className="alert-title">{title}</strong>
      {children}
    </div>
  );
}

export function EmptyState({ title, layout = 'horizontal', imageName, imageWidth = 140, children }: StateProps) {
  return (
    <div className={`state state-${layout}`} data-image={imageName}>
      <Picture width={imageWidth}>
        <path d="M46 20h44l20 20v72H46z" fill="#fff" stroke="#99acc2" strokeWidth="2" />
        <path d="M90 20v20h20" fill="none" stroke="#99acc2" strokeWidth="2" />
        <path d="M58 58h40M58 72h40M58 86h24" stroke="#cbd6e2" strokeWidth="4" strokeLinecap="round" />
        <circle cx="108" cy="104" r="18" fill="#7fd1de" />
        <path d="M108 96v16M100 104h16" stroke="#fff" strokeWidth="4" strokeLinecap="round" />
      </Picture>
      <div className="state-text">
        {title === undefined ? null : <h3>{title}</h3>}
        {children}
      </div>
    </div>
  );
}

export function ErrorState({ title, type = 'error', children }: StateProps) {
  return (
    <div className="state state-vertical" role="alert" data-type={type}>
      <Picture width={120}>
        {type === 'lock' ? (
          <>
            <path d="M60 66V50a20 20 0 0 1 40 0v16" fill="none" stroke="#99acc2" strokeWidth="6" />
            <rect x="50" y="64" width="60" height="46" rx="6" fill="#fdedee" stroke="#99acc2" strokeWidth="2" />
            <circle cx="80" cy="86" r="6" fill="#516f90" />
          </>
        ) : (
          <>
            <path d="M80 26 130 112H30z" fill="#fef8f0" stroke="#f5c26b" strokeWidth="3" strokeLinejoin="round" />
            <path d="M80 56v28" stroke="#b36a00" strokeWidth="6" strokeLinecap="round" />
            <circle cx="80" cy="98" r="4" fill="#b36a00" />
          </>
        )}
      </Picture>
      <div className="state-text">
        {title === undefined ? null : <h3>{title}</h3>}
        {children}
      </div>
    </div>
  );
}

function Picture({ width, children }: { width: number; children: ReactNode }) {
  return (
    <svg className="picture" width={width} viewBox="0 0 160 130" aria-hidden="true">
      <ellipse cx="80" cy="118" rx="60" ry="8" fill="#eaf0f6" />
      {children}
    </svg>
  );
}

interface SpinnerProps {
  label: string;
  showLabel?: boolean;
  size?: string;
  layout?: string;
}

export function LoadingSpinner({ label, showLabel = false, size = 'sm', layout = 'inline' }: SpinnerProps) {
  return (
    <div className={`loading loading-${layout}`} role="status">
      <span className={`spinner spinner-${size}`} aria-hidden="true" />
      <span className={showLabel ? '' : 'sr-only'}>{label}</span>
    </div>
  );
}

interface ProgressProps {
  title?: string;
  value?: number;
  maxValue?: number;
  showPercentage?: boolean;
  valueDescription?: string;
}

export function ProgressBar({ title, value = 0, maxValue = 100, showPercentage = false, valueDescription }: ProgressProps) {
  const percent = maxValue <= 0 ? 0 : Math.floor((100 * value) / maxValue);
  return (
    <div className="progress">
      <div className="progress-head">
        <span>{title}</span>
        <span>{[valueDescription, showPercentage ? `${percent} %` : ''].filter(Boolean).join(' · ')}</span>
      </div>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={title ?? 'Progress'}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={valueDescription}
      >
        <div className="progress-bar" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
