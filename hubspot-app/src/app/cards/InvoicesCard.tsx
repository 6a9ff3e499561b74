import { hubspot } from '@hubspot/ui-extensions';
import { CardRoot } from './components/CardRoot.tsx';

hubspot.extend<'crm.record.tab' | 'crm.record.sidebar'>(() => <CardRoot />);
