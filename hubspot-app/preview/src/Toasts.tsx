import { useSyncExternalStore } from 'react';

/** HubSpot's floating alerts. */

interface Toast {
  id: number;
  type: string;
  title: string | undefined;
  message: string;
}

const SHOWN_MS = 6_000;
let toasts: Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: Toast[]): void {
  toasts = next;
  listeners.forEach((listener) => listener());
}

export function showToast(alert: { type?: string; title?: string; message: string }): void {
  const id = nextId++;
  change([...toasts, { id, type: alert.type ?? 'info', title: alert.title, message: alert.message }]);
  setTimeout(() => change(toasts.filter((toast) => toast.id !== id)), SHOWN_MS);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={`toast toast-${toast.type}`}>
          {toast.title === undefined ? null : <strong>{toast.title}</strong>}
          <span>{toast.message}</span>
        </div>
      ))}
    </div>
  );
}
