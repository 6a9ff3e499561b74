import { EmptyState, Flex, Tab, Tabs, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { ComponentType } from 'react';
import type { FlowView } from '@ledgercard/shared';
import { useFlows } from '../../hooks/useFlows.ts';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { FlowPicker } from '../sync/FlowPicker.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { AlertsView } from './AlertsView.tsx';
import { LogView } from './LogView.tsx';
import { ProblemsView } from './ProblemsView.tsx';
import { ReviewView } from './ReviewView.tsx';
import { RunsView } from './RunsView.tsx';

export interface ViewProps {
  /** All flows of the portal. */
  flows: FlowView[];
  /** The flow that is looked at; empty: all. */
  flowId: string;
  userId: string;
  /** Reads the flows anew, whose counts stand on the tabs. */
  reload: () => Promise<unknown>;
}

/** The views from left to right; the number of what waits for a person stands beside its name. */
const VIEWS = [
  { id: 'runs', Body: RunsView, count: null },
  { id: 'problems', Body: ProblemsView, count: 'parked' },
  { id: 'review', Body: ReviewView, count: 'reviews' },
  { id: 'log', Body: LogView, count: null },
  { id: 'alerts', Body: AlertsView, count: null },
] as const satisfies readonly { id: string; Body: ComponentType<ViewProps>; count: 'parked' | 'reviews' | null }[];

/** What was done, what could not be, and what a person has to decide. */
export function ActivityTab({ answer }: TabProps) {
  const { t } = useSettings();
  const flows = useFlows();
  return (
    <Loaded read={flows}>
      {(read) =>
        read.flows.length === 0 ? (
          <EmptyState title={t('activity.none')} layout="vertical" imageName="emptyStateCharts" imageWidth={140} flush>
            <Text>{t('contacts.none.what')}</Text>
          </EmptyState>
        ) : (
          <Views flows={read.flows} userId={answer.you.userId} reload={flows.reload} />
        )
      }
    </Loaded>
  );
}

function Views(props: Omit<ViewProps, 'flowId'>) {
  const { t, format } = useSettings();
  const { flows } = props;
  const [flowId, setFlowId] = useState('');
  const [selected, setSelected] = useState<string>(VIEWS[0].id);
  const shown = flows.filter((flow) => flowId === '' || flow.id === flowId);
  const titleOf = ({ id, count }: (typeof VIEWS)[number]) => {
    const waiting = count === null ? 0 : shown.reduce((sum, flow) => sum + flow.counts[count], 0);
    const title = t(`activity.${id}`);
    return waiting === 0 ? title : t('activity.counted', { title, rows: format.number(waiting) });
  };
  return (
    <Flex direction="column" gap="md">
      {flows.length > 1 ? <FlowPicker flows={flows} value={flowId} onChange={setFlowId} hasAll /> : null}
      <Tabs variant="enclosed" selected={selected} onSelectedChange={(id: number | string) => setSelected(String(id))}>
        {VIEWS.map((view) => (
          <Tab key={view.id} tabId={view.id} title={titleOf(view)}>
            {view.id === selected ? <view.Body key={flowId} {...props} flowId={flowId} /> : null}
          </Tab>
        ))}
      </Tabs>
    </Flex>
  );
}
