import { Flex, Statistics, StatisticsItem, Text } from '@hubspot/ui-extensions';
import { isZero } from '@ledgercard/shared';
import type { CurrencySummary } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';

/** The record's totals: one block per currency, since amounts of different currencies have no sum. */
export function SummaryStrip({ summary }: { summary: CurrencySummary[] }) {
  return (
    <Flex direction="column" gap="sm">
      {summary.map((one) => (
        <CurrencyBlock key={one.currency} summary={one} />
      ))}
    </Flex>
  );
}

function CurrencyBlock({ summary }: { summary: CurrencySummary }) {
  const { t, format, layout } = useCard();
  const { currency } = summary;
  return (
    <Flex direction="column" gap="flush" testId={`summary-${currency}`}>
      <Statistics>
        <StatisticsItem label={t('summary.open', { currency })} number={format.money(summary.open)} />
        <StatisticsItem label={t('summary.overdue', { currency })} number={format.money(summary.overdue)} />
        {layout === 'tab' ? (
          <StatisticsItem label={t('summary.paid', { currency })} number={format.money(summary.paid)} />
        ) : null}
        {layout === 'tab' ? (
          <StatisticsItem label={t('summary.credit', { currency })} number={format.money(summary.credit)} />
        ) : null}
      </Statistics>
      {layout === 'sidebar' ? <PaidAndCredit summary={summary} /> : null}
      <Ageing summary={summary} />
    </Flex>
  );
}

function PaidAndCredit({ summary }: { summary: CurrencySummary }) {
  const { t, format } = useCard();
  const parts = [t('summary.paidShort', { amount: format.money(summary.paid) })];
  if (!isZero(summary.credit)) {
    parts.push(t('summary.creditShort', { amount: format.money(summary.credit) }));
  }
  return <Text variant="microcopy">{parts.join(' · ')}</Text>;
}

/** How long the overdue amount has been so; only the spans in which there is something. */
function Ageing({ summary }: { summary: CurrencySummary }) {
  const { t, format } = useCard();
  const { days1To30, days31To60, days61To90, over90 } = summary.ageing;
  const spans = [
    ['ageing.1', days1To30],
    ['ageing.31', days31To60],
    ['ageing.61', days61To90],
    ['ageing.91', over90],
  ] as const;
  const owed = spans.filter(([, amount]) => !isZero(amount));
  if (owed.length === 0) {
    return null;
  }
  const texts = owed.map(([key, amount]) => t(key, { amount: format.money(amount) }));
  return <Text variant="microcopy">{`${t('ageing.title')} ${texts.join(' · ')}`}</Text>;
}
