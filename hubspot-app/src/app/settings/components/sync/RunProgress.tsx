import { Flex, ProgressBar, Text } from '@hubspot/ui-extensions';
import type { RunView } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

interface RunProgressProps {
  title: string;
  run: RunView;
}

/** How far a run has come. An undo reads nothing: what it has taken back so far is told. */
export function RunProgress({ title, run }: RunProgressProps) {
  const { t, format } = useSettings();
  const { read, archived, updated } = run.counts;
  if (run.kind === 'undo') {
    return <Text>{t('progress.undo', { archived: format.number(archived), restored: format.number(updated) })}</Text>;
  }
  return <ReadProgress title={title} read={read} total={run.total} />;
}

interface ReadProgressProps {
  title: string;
  read: number;
  total: number | null | undefined;
}

/** How far something has come; without a total only how much it has read. */
export function ReadProgress({ title, read, total }: ReadProgressProps) {
  const { t, format } = useSettings();
  if (!total) {
    return <Text>{t('progress.read', { title, read: format.number(read) })}</Text>;
  }
  return (
    <Flex direction="column" gap="flush">
      <ProgressBar
        title={title}
        value={Math.min(read, total)}
        maxValue={total}
        showPercentage
        valueDescription={t('progress.of', { read: format.number(read), total: format.number(total) })}
      />
    </Flex>
  );
}
