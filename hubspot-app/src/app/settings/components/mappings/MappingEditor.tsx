import { Alert, Button, ButtonRow, Divider, Flex, List, LoadingButton, Tag, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { MappingAnswer, MappingFault } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { FileSection } from './FileSection.tsx';
import { TablesSection } from './TablesSection.tsx';
import { TargetSection } from './TargetSection.tsx';
import { useCheck } from './useCheck.ts';
import { useMappingDraft } from './useMappingDraft.ts';

export interface EditorProps {
  answer: MappingAnswer;
  reload: () => Promise<unknown>;
}

/** The mapping of one flow: to look at, and to change. What is changed counts once it is saved. */
export function MappingEditor({ answer, reload }: EditorProps) {
  const { api, t, actions } = useSettings();
  const draft = useMappingDraft(answer);
  const check = useCheck(answer.flowId, draft);
  const [refused, setRefused] = useState<MappingFault[]>([]);

  const save = useAction(async () => {
    setRefused([]);
    const saved = await api.saveMapping({
      flowId: answer.flowId,
      version: answer.version,
      rows: Object.fromEntries(draft.targets.map((target) => [target.key, target.rows])),
      tables: draft.tables,
    });
    if (saved.faults?.length) {
      setRefused(saved.faults);
      return;
    }
    actions.addAlert({ type: 'success', message: t('saved') });
    await reload();
  });
  const discard = () => {
    setRefused([]);
    draft.discard();
  };

  return (
    <Flex direction="column" gap="md">
      <Flex direction="row" gap="sm" align="center" wrap>
        <Tag variant={answer.isDefault ? 'default' : 'success'}>{t(answer.isDefault ? 'mapping.default' : 'mapping.own')}</Tag>
        {draft.isChanged ? <Text variant="microcopy">{t('mapping.unsaved')}</Text> : null}
      </Flex>
      {draft.targets.map((target) => (
        <TargetSection key={target.key} answer={answer} target={target} draft={draft} check={check} />
      ))}
      <TablesSection answer={answer} draft={draft} />
      <Faults faults={[...check.others, ...refused]} />
      <ActionProblem error={save.error ?? check.error} />
      <ButtonRow>
        <LoadingButton
          variant="primary"
          loading={save.busy || check.busy}
          disabled={!draft.isChanged || check.hasFaults}
          onClick={() => void save.run()}
        >
          {t('mapping.save')}
        </LoadingButton>
        <Button variant="secondary" disabled={!draft.isChanged} onClick={discard}>
          {t('discard')}
        </Button>
      </ButtonRow>
      <Divider />
      <FileSection answer={answer} reload={reload} />
    </Flex>
  );
}

/** What is wrong with the mapping as a whole, or what saving was refused for. */
function Faults({ faults }: { faults: MappingFault[] }) {
  const { t } = useSettings();
  return faults.length === 0 ? null : (
    <Alert title={t.count('mapping.faults', faults.length)} variant="danger">
      <List>
        {faults.map((fault, index) => (
          <Text key={index}>{[fault.target, fault.rowId, fault.where, fault.message].filter(Boolean).join(': ')}</Text>
        ))}
      </List>
    </Alert>
  );
}
