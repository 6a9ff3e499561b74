import { Flex, Text, Tile, Toggle } from '@hubspot/ui-extensions';
import type { FlowView } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { isUndoing } from '../sync/flows.ts';
import { FlowAlerts } from './FlowAlerts.tsx';
import { FlowState } from './FlowState.tsx';
import { PolicyForm } from './PolicyForm.tsx';
import { PreviewSection } from './PreviewSection.tsx';
import { RunButtons } from './RunButtons.tsx';
import { useFlowActions } from './useFlowActions.ts';

interface FlowTileProps {
  flow: FlowView;
  isPrimary: boolean;
  timeZone: string;
  reload: () => Promise<unknown>;
}

/** One flow: its switch, how it stands, what can be done, and what an administrator decides about it. */
export function FlowTile({ flow, isPrimary, timeZone, reload }: FlowTileProps) {
  const { t } = useSettings();
  const actions = useFlowActions(flow, reload);
  const { turn, start, run, cancel, goOn } = actions;
  const isOn = flow.status !== 'off';
  const undoing = isUndoing(flow);
  const what = undoing ? 'flow.switch.undoing' : isOn ? 'flow.switch.off.what' : (`flow.switch.${flow.key}.what` as const);
  const error = turn.error ?? start.error ?? run.error ?? cancel.error ?? goOn.error;
  return (
    <Tile testId={`flow-${flow.key}-${flow.connectionId}`}>
      <Flex direction="column" gap="md">
        <Flex direction="column" gap="xs">
          <Toggle
            name={`switch-${flow.id}`}
            label={t(`flow.switch.${flow.key}`)}
            labelDisplay="inline"
            checked={turn.busy ? !isOn : isOn}
            readonly={turn.busy || undoing}
            onChange={(on) => void turn.run(on)}
          />
          <Text variant="microcopy">{t(what)}</Text>
        </Flex>
        <ActionProblem error={error} />
        <FlowAlerts flow={flow} actions={actions} />
        <FlowState flow={flow} />
        {flow.status === 'preview' ? <PreviewSection flow={flow} actions={actions} isPrimary={isPrimary} /> : null}
        {flow.status === 'on' || undoing ? <RunButtons flow={flow} actions={actions} /> : null}
        {/* What the backend holds is what counts: where a reload brings something else, the choice begins anew. */}
        <PolicyForm key={JSON.stringify(flow.policies)} flow={flow} timeZone={timeZone} reload={reload} />
      </Flex>
    </Tile>
  );
}
