import { Flex, ProgressBar, Text } from '@hubspot/ui-extensions';
import { useSettings } from '../SettingsContext.tsx';

interface RunProgressProps {
  title: string;
  read: number;
  total: number | null | undefined;
}

/** How far something has come; without a total only how much it has read. */
export function RunProgress({ title, read, total }: RunProgressProps) {
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
