import { Alert, Flex } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { SettingsAnswer } from '@ledgercard/shared';
import { useRead } from '../hooks/useRead.ts';
import { LeftAlert } from './leaving/LeftAlert.tsx';
import type { Left } from './leaving/LeftAlert.tsx';
import { Failed, Loading, NotAllowed, NotInstalled, VersionsAlert } from './PageStates.tsx';
import { Problem } from './Problem.tsx';
import { useSettings } from './SettingsContext.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';

/** The page: which state it is in. What was left is told above whatever state came of it. */
export function SettingsContent() {
  const { api, t } = useSettings();
  const read = useRead('settings', () => api.settings());
  const [left, setLeft] = useState<Left | null>(null);
  const { answer, error } = read;

  if (answer === null) {
    return error === null || read.busy ? <Loading /> : <Failed error={error} onRetry={() => void read.reload()} />;
  }
  return (
    <Flex direction="column" gap="md">
      {left === null ? null : <LeftAlert left={left} onClose={() => setLeft(null)} />}
      {error === null ? null : (
        <Alert title={t('page.old')} variant="warning">
          <Problem error={error} />
        </Alert>
      )}
      <VersionsAlert versions={answer.versions} />
      <State answer={answer} reload={read.reload} onLeft={setLeft} />
    </Flex>
  );
}

interface StateProps {
  answer: SettingsAnswer;
  reload: () => Promise<SettingsAnswer | null>;
  onLeft: (left: Left | null) => void;
}

function State({ answer, reload, onLeft }: StateProps) {
  switch (answer.state) {
    case 'not_installed':
      return <NotInstalled answer={answer} onAgain={() => void reload()} />;
    case 'not_allowed':
      return <NotAllowed answer={answer} onAgain={() => void reload()} />;
    case 'ready':
      return <SettingsTabs answer={answer} reload={reload} onLeft={onLeft} />;
  }
}
