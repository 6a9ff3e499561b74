import { createContext, useContext, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** Modal and Panel: opened by what carries them in its `overlay`, closed by Esc, by ×, or by id from the extension. */

interface Opened {
  close: () => void;
}

const OpenedContext = createContext<Opened | null>(null);

/** Open overlays by id, for `actions.closeOverlay`. */
const open = new Map<string, () => void>();

export function closeOverlay(id: string): void {
  open.get(id)?.();
}

/** The state of a control that may carry an overlay: what a click does, and what hangs below it. */
export function useOverlay(overlay: ReactNode): { show: () => void; layer: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  const layer =
    overlay && isOpen ? (
      <OpenedContext.Provider value={{ close: () => setOpen(false) }}>{overlay}</OpenedContext.Provider>
    ) : null;
  return { show: () => setOpen(true), layer };
}

interface OverlayProps {
  id: string;
  title?: string;
  width?: 'sm' | 'md' | 'lg';
  onOpen?: () => void;
  onClose?: () => void;
  children?: ReactNode;
}

function Overlay({ kind, ...props }: OverlayProps & { kind: 'modal' | 'panel' }) {
  const opened = useContext(OpenedContext);
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Props arrive anew with every update; the effects below must run once per opening.
  const latest = useRef({ opened, props });
  latest.current = { opened, props };

  // A layout effect, since its end comes while the dialog is still there: closing it gives the focus back to the opener.
  useLayoutEffect(() => {
    const element = dialog.current;
    const close = () => latest.current.opened?.close();
    open.set(props.id, close);
    element?.showModal();
    latest.current.props.onOpen?.();
    return () => {
      open.delete(props.id);
      element?.close();
      latest.current.props.onClose?.();
    };
  }, [props.id]);

  return createPortal(
    <dialog
      ref={dialog}
      className={`overlay ${kind} ${kind}-${props.width ?? 'md'}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        opened?.close();
      }}
    >
      <div className="overlay-head">
        <h2 id={titleId}>{props.title ?? ''}</h2>
        <button type="button" className="overlay-close" aria-label="Close dialog" onClick={() => opened?.close()}>
          ×
        </button>
      </div>
      {props.children}
    </dialog>,
    document.body,
  );
}

export const Modal = (props: OverlayProps) => <Overlay kind="modal" {...props} />;
export const Panel = (props: OverlayProps) => <Overlay kind="panel" {...props} />;

interface Children {
  children?: ReactNode;
}

/** Scrolls, and so can be focused, since its content need not hold anything that can. */
const Body = ({ children }: Children) => (
  <div className="overlay-body" tabIndex={0} role="region" aria-label="Content">
    {children}
  </div>
);
const Footer = ({ children }: Children) => <div className="overlay-foot">{children}</div>;

export const ModalBody = Body;
export const PanelBody = Body;
export const ModalFooter = Footer;
export const PanelFooter = Footer;
export const PanelSection = ({ children }: Children) => <section className="panel-section">{children}</section>;
