import { EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { FlowView } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import { FlowPicker } from '../sync/FlowPicker.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { MappingEditor } from './MappingEditor.tsx';

/** Which property is filled from which field, flow by flow. */
export function MappingsTab() {
  const { api, t } = useSettings();
  const flows = useRead('flows', () => api.flows());
  const [chosenId, setChosenId] = useState<string | null>(null);
  return (
    <Loaded read={flows}>
      {(read) => {
        const flow = read.flows.find((one) => one.id === chosenId) ?? read.flows[0];
        return flow === undefined ? (
          <EmptyState title={t('mapping.none')} layout="vertical" imageName="integrations" imageWidth={140} flush>
            <Text>{t('contacts.none.what')}</Text>
          </EmptyState>
        ) : (
          <Flex direction="column" gap="md">
            <Text>{t('mapping.what')}</Text>
            {read.flows.length > 1 ? <FlowPicker flows={read.flows} value={flow.id} onChange={setChosenId} /> : null}
            <OneFlow key={flow.id} flow={flow} />
          </Flex>
        );
      }}
    </Loaded>
  );
}

function OneFlow({ flow }: { flow: FlowView }) {
  const { api } = useSettings();
  const mapping = useRead(flow.id, () => api.mapping({ flow: flow.id }));
  return (
    <Loaded read={mapping}>
      {(answer) => (
        <MappingEditor
          // What the backend holds is what counts: where a reload brings something else, the editing begins anew.
          key={`${answer.version}/${JSON.stringify(answer.targets)}`}
          answer={answer}
          reload={mapping.reload}
        />
      )}
    </Loaded>
  );
}
