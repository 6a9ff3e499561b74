import { Flex, Heading, Text, Tile } from '@hubspot/ui-extensions';
import type { ReactNode } from 'react';
import type { RowCounts } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { countsText } from './ways.ts';
import type { Touched } from './ways.ts';

interface WaySectionProps {
  title: string;
  what: string;
  counts: RowCounts;
  touched: Touched;
  /** What is erased that is not counted. */
  also?: string;
  children: ReactNode;
}

/** One way out: what it does, and how much it touches. */
export function WaySection({ title, what, counts, touched, also, children }: WaySectionProps) {
  const settings = useSettings();
  const { t } = settings;
  return (
    <Tile>
      <Flex direction="column" gap="sm" align="start">
        <Heading>{title}</Heading>
        <Text>{what}</Text>
        <Flex direction="column" gap="flush">
          <Text variant="microcopy">{t('way.erases', { what: also ?? countsText(counts, touched.erases, settings) })}</Text>
          <Text variant="microcopy">{t('way.keeps', { what: countsText(counts, touched.keeps, settings) })}</Text>
        </Flex>
        {children}
      </Flex>
    </Tile>
  );
}
