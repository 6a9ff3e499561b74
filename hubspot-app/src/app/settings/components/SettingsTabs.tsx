import { Tab, Tabs } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { ComponentType } from 'react';
import type { SettingsAnswer, SettingsReady } from '@ledgercard/shared';
import { useWizard } from '../hooks/useWizard.ts';
import type { WizardControl } from '../hooks/useWizard.ts';
import { ActivityTab } from './activity/ActivityTab.tsx';
import { ConnectionTab } from './connection/ConnectionTab.tsx';
import { ContactsTab } from './contacts/ContactsTab.tsx';
import type { Left } from './leaving/LeftAlert.tsx';
import { LeavingTab } from './leaving/LeavingTab.tsx';
import { MappingsTab } from './mappings/MappingsTab.tsx';
import { PermissionsTab } from './permissions/PermissionsTab.tsx';
import { useSettings } from './SettingsContext.tsx';

export interface TabProps {
  answer: SettingsReady;
  /** Reads the settings anew, after something was changed. */
  reload: () => Promise<SettingsAnswer | null>;
  /** Tells above all tabs what became of a way out. */
  onLeft: (left: Left | null) => void;
  wizard: WizardControl;
}

/** The tabs from left to right; one more is a line more here. */
const TABS = [
  { id: 'connection', Body: ConnectionTab },
  { id: 'contacts', Body: ContactsTab },
  { id: 'mappings', Body: MappingsTab },
  { id: 'activity', Body: ActivityTab },
  { id: 'permissions', Body: PermissionsTab },
  { id: 'leaving', Body: LeavingTab },
] as const satisfies readonly { id: string; Body: ComponentType<TabProps> }[];

/** HubSpot takes a tab that is not selected off the page, so a connection half made is kept here, above the tabs. */
export function SettingsTabs(props: Omit<TabProps, 'wizard'>) {
  const { t } = useSettings();
  const wizard = useWizard();
  const [selected, setSelected] = useState<string>(TABS[0].id);
  return (
    <Tabs selected={selected} onSelectedChange={(id: number | string) => setSelected(String(id))}>
      {TABS.map(({ id, Body }) => (
        <Tab key={id} tabId={id} title={t(`tab.${id}`)}>
          {id === selected ? <Body {...props} wizard={wizard} /> : null}
        </Tab>
      ))}
    </Tabs>
  );
}
