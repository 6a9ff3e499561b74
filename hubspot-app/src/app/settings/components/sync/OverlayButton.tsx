import { Button, Modal, Panel } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useSettings } from '../SettingsContext.tsx';

interface OverlayButtonProps {
  id: string;
  label: string;
  title: string;
  kind?: 'modal' | 'panel';
  size?: 'xs' | 'sm';
  disabled?: boolean;
  /** Put together only while it is open, so that what is asked in it is asked then. */
  children: (close: () => void) => ReactNode;
}

/** A button that opens something over the page. */
export function OverlayButton({ id, label, title, kind = 'panel', size = 'sm', disabled = false, children }: OverlayButtonProps) {
  const { actions } = useSettings();
  const [isOpen, setOpen] = useState(false);
  const props = { id, title, onOpen: () => setOpen(true), onClose: () => setOpen(false) };
  const content = isOpen ? children(() => actions.closeOverlay(id)) : null;
  return (
    <Button
      variant="secondary"
      size={size}
      disabled={disabled}
      onClick={() => setOpen(true)}
      overlay={
        kind === 'panel' ? (
          <Panel {...props} width="lg">
            {content}
          </Panel>
        ) : (
          <Modal {...props} width="md">
            {content}
          </Modal>
        )
      }
    >
      {label}
    </Button>
  );
}
