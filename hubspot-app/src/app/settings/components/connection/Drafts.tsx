import { Button, Flex, Heading, LoadingButton, Text, Tile } from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { DraftView } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';

/** Certificates that were made and not connected yet: somebody else may have to upload them first, which takes its time. */
export function Drafts(props: TabProps) {
  const { t } = useSettings();
  const { drafts } = props.answer;
  if (drafts.length === 0) {
    return null;
  }
  return (
    <Flex direction="column" gap="sm">
      <Heading>{t('drafts.title')}</Heading>
      <Text variant="microcopy">{t('drafts.what')}</Text>
      {drafts.map((draft) => (
        <Draft key={draft.draftId} draft={draft} {...props} />
      ))}
    </Flex>
  );
}

function Draft({ draft, answer, wizard, reload }: TabProps & { draft: DraftView }) {
  const { api, t, when, actions } = useSettings();
  const connection = answer.connections.find((one) => one.connectionId === draft.connectionId) ?? null;
  const discard = useAction(async () => {
    await api.removeDraft({ draftId: draft.draftId });
    actions.addAlert({ type: 'success', message: t('draft.discarded') });
    await reload();
  });
  return (
    <Tile compact testId={`draft-${draft.draftId}`}>
      <Flex direction="column" gap="xs">
        <Text format={{ fontWeight: 'demibold' }}>{draft.name}</Text>
        <Text variant="microcopy">
          {t('draft.account', { account: draft.accountId, when: when(draft.createdAt) })}
        </Text>
        {connection === null ? null : <Text variant="microcopy">{t('draft.rollover')}</Text>}
        <ActionProblem error={discard.error} />
        <Flex direction="row" gap="sm" wrap>
          <Button variant="secondary" size="sm" onClick={() => wizard.resume(draft, connection)}>
            {t('draft.continue')}
          </Button>
          <LoadingButton variant="secondary" size="sm" loading={discard.busy} onClick={() => void discard.run()}>
            {t('draft.discard')}
          </LoadingButton>
        </Flex>
      </Flex>
    </Tile>
  );
}
