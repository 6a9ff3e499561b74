import { EmptyState, Flex, Tab, Tabs, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { ComponentType } from 'react';
import type { FlowView } from '@ledgercard/shared';
import { useFlows } from '../../hooks/useFlows.ts';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { FlowPicker } from '../sync/FlowPicker.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { AlertsView } from './AlertsView.tsx';
import { DeletedView } from './DeletedView.tsx';
import { LogView } from './LogView.tsx';
import { ProblemsView } from './ProblemsView.tsx';
import { ReviewView } from './ReviewView.tsx';
import { RunsView } from './RunsView.tsx';
import { stonesText } from './stones.ts';

export interface ViewProps {
  /** All flows of the portal. */
  flows: FlowView[];
  /** The flow that is looked at; empty: all. */
  flowId: string;
  userId: string;
  /** Reads the counts anew that stand on the tabs. */
  reload: () => Promise<unknown>;
}

/** The views from left to right; the number of what waits for a person stands beside its name. */
const VIEWS = [
  { id: 'runs', Body: RunsView, count: null },
  { id: 'problems', Body: ProblemsView, count: 'parked' },
  { id: 'review', Body: ReviewView, count: 'reviews' },
  { id: 'deleted', Body: DeletedView, count: 'stones' },
  { id: 'log', Body: LogView, count: null },
  { id: 'alerts', Body: AlertsView, count: null },
] as const satisfies readonly { id: string; Body: ComponentType<ViewProps>; count: 'parked' | 'reviews' | 'stones' | null }[];

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
  const { api, t, format } = useSettings();
  const { flows } = props;
  const stones = useRead('tombstones', () => api.tombstones({}));
  const reload = () => Promise.all([props.reload(), stones.reload()]);
  const [flowId, setFlowId] = useState('');
  const [selected, setSelected] = useState<string>(VIEWS[0].id);
  const shown = flows.filter((flow) => flowId === '' || flow.id === flowId);
  const stonesRows = stonesText(stones.answer, flows.find((flow) => flow.id === flowId), format.number);
  const waitingIn = (count: 'parked' | 'reviews') => {
    const waiting = shown.reduce((sum, flow) => sum + flow.counts[count], 0);
    return waiting === 0 ? null : format.number(waiting);
  };
  const titleOf = ({ id, count }: (typeof VIEWS)[number]) => {
    const title = t(`activity.${id}`);
    const rows = count === null ? null : count === 'stones' ? stonesRows : waitingIn(count);
    return rows === null ? title : t('activity.counted', { title, rows });
  };
  return (
    <Flex direction="column" gap="md">
      {flows.length > 1 ? <FlowPicker flows={flows} value={flowId} onChange={setFlowId} hasAll /> : null}
      <Tabs variant="enclosed" selected={selected} onSelectedChange={(id: number | string) => setSelected(String(id))}>
        {VIEWS.map((view) => (
          <Tab key={view.id} tabId={view.id} title={titleOf(view)}>
            {view.id === selected ? <view.Body key={flowId} {...props} flowId={flowId} reload={reload} /> : null}
          </Tab>
        ))}
      </Tabs>
    </Flex>
  );
}
