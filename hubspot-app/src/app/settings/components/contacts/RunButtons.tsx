import { Button, ButtonRow, Flex, LoadingButton, ModalBody, ModalFooter, Text, ToggleGroup } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { FlowView, SyncSide } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { isUndoing, stoppedByBrake, workingRun } from '../sync/flows.ts';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { TextField } from '../TextField.tsx';
import type { FlowActions } from './useFlowActions.ts';

interface RunButtonsProps {
  flow: FlowView;
  actions: FlowActions;
}

/** Running a flow by hand: all of it, one record, a comparison of both sides; and cancelling what runs, also an undo. */
export function RunButtons({ flow, actions }: RunButtonsProps) {
  const { t } = useSettings();
  const { run, cancel } = actions;
  const running = workingRun(flow);
  // While the brake holds, only single records are worked: a whole run would stop at once.
  const isBraked = stoppedByBrake(flow) !== null;
  if (running !== null && isUndoing(flow)) {
    return (
      <ButtonRow>
        <LoadingButton variant="secondary" size="sm" loading={cancel.busy} onClick={() => void cancel.run(running.id)}>
          {t('undo.stop')}
        </LoadingButton>
      </ButtonRow>
    );
  }
  return (
    <ButtonRow>
      {running === null ? (
        <LoadingButton variant="secondary" size="sm" loading={run.busy} disabled={isBraked} onClick={() => void run.run('all')}>
          {t('run.all')}
        </LoadingButton>
      ) : (
        <LoadingButton variant="secondary" size="sm" loading={cancel.busy} onClick={() => void cancel.run(running.id)}>
          {t('run.cancel')}
        </LoadingButton>
      )}
      <OneRecordButton flow={flow} />
      <Button variant="secondary" size="sm" disabled={run.busy || isBraked} onClick={() => void run.run('census')}>
        {t('run.census')}
      </Button>
    </ButtonRow>
  );
}

function OneRecordButton({ flow }: { flow: FlowView }) {
  const { t } = useSettings();
  return (
    <OverlayButton id={`one-${flow.id}`} kind="modal" label={t('run.record')} title={t('run.record')}>
      {(close) => <OneRecord flow={flow} onClose={close} />}
    </OverlayButton>
  );
}

function OneRecord({ flow, onClose }: { flow: FlowView; onClose: () => void }) {
  const { api, t, actions } = useSettings();
  const [side, setSide] = useState<SyncSide>('erp');
  const [id, setId] = useState('');
  const wanted = id.trim();
  const isId = /^[\w-]{1,64}$/.test(wanted);
  const go = useAction(async () => {
    await api.run({ flowId: flow.id, what: 'record', side, id: wanted });
    actions.addAlert({ type: 'success', message: t('run.asked.record') });
    onClose();
  });
  return (
    <>
      <ModalBody>
        <Flex direction="column" gap="md">
          <Text>{t('run.record.what')}</Text>
          <ToggleGroup
            toggleType="radioButtonList"
            name="side"
            label={t('run.record.side')}
            value={side}
            onChange={(value: string) => setSide(value as SyncSide)}
            options={(['erp', 'hubspot'] as const).map((value) => ({ value, label: t(`side.${value}.name`) }))}
          />
          <TextField
            name="id"
            label={t('run.record.id')}
            description={t(`run.record.id.${side}`)}
            value={id}
            onValue={setId}
            problem={wanted === '' || isId ? null : t('run.record.wrong')}
          />
          <ActionProblem error={go.error} />
        </Flex>
      </ModalBody>
      <ModalFooter>
        <LoadingButton variant="primary" loading={go.busy} disabled={!isId} onClick={() => void go.run()}>
          {t('run.record.go')}
        </LoadingButton>
        <Button variant="secondary" onClick={onClose}>
          {t('cancel')}
        </Button>
      </ModalFooter>
    </>
  );
}
