import { hubspot } from '@hubspot/ui-extensions';
import { SettingsRoot } from './components/SettingsRoot.tsx';

hubspot.extend<'settings'>(() => <SettingsRoot />);
