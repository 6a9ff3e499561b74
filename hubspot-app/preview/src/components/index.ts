import type { ComponentType } from 'react';
import * as buttons from './buttons.tsx';
import * as content from './content.tsx';
import * as forms from './forms.tsx';
import * as inputs from './inputs.tsx';
import * as navigation from './navigation.tsx';
import { Modal, ModalBody, ModalFooter, Panel, PanelBody, PanelFooter, PanelSection } from './overlays.tsx';
import * as states from './states.tsx';
import * as table from './table.tsx';

/** HubSpot's components by the name under which they cross the wire; a name that is not here is shown as missing. */
export const components: Record<string, ComponentType> = {
  ...buttons,
  ...content,
  ...forms,
  ...inputs,
  ...navigation,
  ...states,
  ...table,
  Modal,
  ModalBody,
  ModalFooter,
  Panel,
  PanelBody,
  PanelFooter,
  PanelSection,
} as unknown as Record<string, ComponentType>;
