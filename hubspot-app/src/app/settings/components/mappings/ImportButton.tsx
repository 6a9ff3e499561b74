import { Alert, Button, Flex, List, LoadingButton, PanelBody, PanelFooter, PanelSection, Text, TextArea } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { CompareAnswer, MappingDifference, MappingFault, MappingFile } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import type { EditorProps } from './MappingEditor.tsx';

/** Takes a mapping from a file: what would be different is told before it is applied. */
export function ImportButton({ answer, reload }: EditorProps) {
  const { t } = useSettings();
  return (
    <OverlayButton id="import" label={t('file.import')} title={t('file.import')}>
      {(close) => <Import answer={answer} reload={reload} onClose={close} />}
    </OverlayButton>
  );
}

function fileOf(text: string): MappingFile | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MappingFile) : null;
  } catch {
    // Not JSON; the field says so.
    return null;
  }
}

function Import({ answer, reload, onClose }: EditorProps & { onClose: () => void }) {
  const { api, t, actions } = useSettings();
  const { flowId, version } = answer;
  const [text, setText] = useState('');
  const [compared, setCompared] = useState<CompareAnswer | null>(null);
  const file = fileOf(text);
  const type = (next: string) => {
    setText(next);
    setCompared(null);
  };
  const compare = useAction(async () => {
    if (file !== null) {
      setCompared(await api.compareFile({ flowId, file }));
    }
  });
  const apply = useAction(async () => {
    if (file === null || compared === null) {
      return;
    }
    const saved = await api.importFile({ flowId, file, version });
    if (saved.faults?.length) {
      setCompared({ ...compared, faults: saved.faults });
      return;
    }
    actions.addAlert({ type: 'success', message: t('saved') });
    onClose();
    await reload();
  });
  const canApply = compared !== null && compared.faults.length === 0 && compared.differences.length > 0;
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Flex direction="column" gap="sm">
            <TextArea
              name="import"
              label={t('file.paste')}
              description={t('file.paste.what')}
              value={text}
              rows={12}
              error={text !== '' && file === null}
              onInput={type}
              onChange={(next) => next !== text && type(next)}
              {...(text !== '' && file === null ? { validationMessage: t('file.notJson') } : {})}
            />
            <ActionProblem error={compare.error ?? apply.error} />
            {compared === null ? null : <Comparison compared={compared} />}
          </Flex>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        {canApply ? (
          <LoadingButton variant="primary" loading={apply.busy} onClick={() => void apply.run()}>
            {t('file.apply')}
          </LoadingButton>
        ) : (
          <LoadingButton variant="primary" loading={compare.busy} disabled={file === null} onClick={() => void compare.run()}>
            {t('file.compare')}
          </LoadingButton>
        )}
        <Button variant="secondary" onClick={onClose}>
          {t('cancel')}
        </Button>
      </PanelFooter>
    </>
  );
}

function Comparison({ compared }: { compared: CompareAnswer }) {
  const { t } = useSettings();
  const { differences, faults } = compared;
  if (faults.length > 0) {
    return (
      <Alert title={t.count('mapping.faults', faults.length)} variant="danger">
        <List>
          {faults.map((fault, index) => (
            <Text key={index}>{faultText(fault)}</Text>
          ))}
        </List>
      </Alert>
    );
  }
  if (differences.length === 0) {
    return <Alert title={t('file.same')} variant="info" />;
  }
  return (
    <Alert title={t.count('file.differences', differences.length)} variant="warning">
      <List>
        {differences.map((one, index) => (
          <Text key={index}>{t(`difference.${one.what}`, { place: placeText(one) })}</Text>
        ))}
      </List>
    </Alert>
  );
}

function faultText(fault: MappingFault): string {
  return [fault.target, fault.rowId, fault.where, fault.message].filter(Boolean).join(': ');
}

function placeText({ target, row, table, parts }: MappingDifference): string {
  return [target, table, row, parts.join(', ')].filter(Boolean).join(' › ');
}
