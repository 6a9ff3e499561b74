import { Alert, Button, Flex, List, LoadingButton, ModalBody, ModalFooter, Text } from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { RunView, UndoPlan } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { HubspotRecord } from '../sync/Sides.tsx';

interface UndoProps {
  run: RunView;
  reload: () => Promise<unknown>;
}

/** Takes a run back, after it was told what that would touch and what people edited since. */
export function UndoButton({ run, reload }: UndoProps) {
  const { t, when } = useSettings();
  return (
    <OverlayButton
      id={`undo-${run.id}`}
      kind="modal"
      size="xs"
      label={t('undo')}
      title={t('undo.title', { when: when(run.startedAt) })}
    >
      {(close) => <Content run={run} reload={reload} onClose={close} />}
    </OverlayButton>
  );
}

function Content({ run, reload, onClose }: UndoProps & { onClose: () => void }) {
  const { api, t, actions } = useSettings();
  const plan = useRead(run.id, () => api.undoPlan({ runId: run.id }));
  const undo = useAction(async () => {
    await api.undo({ runId: run.id });
    actions.addAlert({ type: 'info', message: t('undo.begun') });
    onClose();
    await reload();
  });
  return (
    <>
      <ModalBody>
        <Flex direction="column" gap="md">
          <Loaded read={plan}>{(answer) => <Plan plan={answer} />}</Loaded>
          <ActionProblem error={undo.error} />
        </Flex>
      </ModalBody>
      <ModalFooter>
        <LoadingButton
          variant="destructive"
          loading={undo.busy}
          disabled={plan.answer === null}
          onClick={() => void undo.run()}
        >
          {t('undo.go')}
        </LoadingButton>
        <Button variant="secondary" onClick={onClose}>
          {t('close')}
        </Button>
      </ModalFooter>
    </>
  );
}

const STEPS = ['archive', 'unlink', 'restore'] as const;

function Plan({ plan }: { plan: UndoPlan }) {
  const { t, format, when } = useSettings();
  const steps = STEPS.filter((step) => plan[step] > 0);
  return (
    <>
      {steps.length === 0 ? (
        <Text>{t('undo.nothing')}</Text>
      ) : (
        <List>
          {steps.map((step) => (
            <Text key={step}>{t.count(`undo.${step}`, plan[step])}</Text>
          ))}
        </List>
      )}
      {plan.editedCount === 0 ? null : (
        <Alert title={t.count('undo.edited', plan.editedCount)} variant="warning">
          <Text>{t('undo.edited.what')}</Text>
          <List>
            {plan.editedSince.map((record) => (
              <Flex key={`${record.objectTypeId}/${record.objectId}`} direction="row" gap="xs" wrap>
                <HubspotRecord objectTypeId={record.objectTypeId} id={record.objectId} url={record.objectUrl} />
                <Text variant="microcopy">{format.list(record.fields)}</Text>
              </Flex>
            ))}
          </List>
        </Alert>
      )}
      <Text>{t('undo.off')}</Text>
      <Text variant="microcopy">{t('undo.until', { when: when(plan.expiresAt) })}</Text>
    </>
  );
}
