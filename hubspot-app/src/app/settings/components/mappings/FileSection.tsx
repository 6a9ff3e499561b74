import { Button, Flex, Heading, LoadingButton, ModalBody, ModalFooter, PanelBody, PanelFooter, PanelSection, Text, TextArea } from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { ImportButton } from './ImportButton.tsx';
import type { EditorProps } from './MappingEditor.tsx';

/** The mapping as a file: out, in with a comparison before, and back to the defaults. */
export function FileSection({ answer, reload }: EditorProps) {
  const { t } = useSettings();
  return (
    <Flex direction="column" gap="sm">
      <Heading>{t('file.title')}</Heading>
      <Text>{t('file.what')}</Text>
      <Flex direction="row" gap="sm" wrap>
        <ExportButton flowId={answer.flowId} />
        <ImportButton answer={answer} reload={reload} />
        {answer.isDefault ? null : <ResetButton flowId={answer.flowId} reload={reload} />}
      </Flex>
    </Flex>
  );
}

function ExportButton({ flowId }: { flowId: string }) {
  const { t } = useSettings();
  return (
    <OverlayButton id="export" label={t('file.export')} title={t('file.export')}>
      {(close) => <Export flowId={flowId} onClose={close} />}
    </OverlayButton>
  );
}

function Export({ flowId, onClose }: { flowId: string; onClose: () => void }) {
  const { api, t, actions } = useSettings();
  const file = useRead(flowId, () => api.mappingFile({ flow: flowId }));
  const text = file.answer === null ? '' : JSON.stringify(file.answer, null, 2);
  const copy = async () => {
    try {
      await actions.copyText(text);
      actions.addAlert({ type: 'success', message: t('copied') });
    } catch {
      // The browser did not allow it; the text can be selected and copied by hand.
      actions.addAlert({ type: 'warning', message: t('certificate.copyFailed') });
    }
  };
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Loaded read={file}>
            {() => <TextArea name="file" label={t('file.json')} value={text} rows={20} readOnly onChange={() => undefined} />}
          </Loaded>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" disabled={text === ''} onClick={() => void copy()}>
          {t('copy')}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {t('close')}
        </Button>
      </PanelFooter>
    </>
  );
}

interface ResetProps {
  flowId: string;
  reload: () => Promise<unknown>;
}

function ResetButton({ flowId, reload }: ResetProps) {
  const { t } = useSettings();
  return (
    <OverlayButton id="reset" kind="modal" label={t('file.reset')} title={t('file.reset')}>
      {(close) => <Reset flowId={flowId} reload={reload} onClose={close} />}
    </OverlayButton>
  );
}

function Reset({ flowId, reload, onClose }: ResetProps & { onClose: () => void }) {
  const { api, t, actions } = useSettings();
  const reset = useAction(async () => {
    await api.resetMapping({ flowId });
    actions.addAlert({ type: 'success', message: t('file.resetDone') });
    onClose();
    await reload();
  });
  return (
    <>
      <ModalBody>
        <Text>{t('file.reset.what')}</Text>
        <ActionProblem error={reset.error} />
      </ModalBody>
      <ModalFooter>
        <LoadingButton variant="destructive" loading={reset.busy} onClick={() => void reset.run()}>
          {t('file.reset')}
        </LoadingButton>
        <Button variant="secondary" onClick={onClose}>
          {t('cancel')}
        </Button>
      </ModalFooter>
    </>
  );
}
