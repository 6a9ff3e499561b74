import {
  StatisticsItem,
} from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import { listAnswer, money, row, summary } from './support/answers.ts';
import { Backend, renderCard, seen, shows } from './support/card.tsx';

describe('totals', () => {
  const twoCurrencies = listAnswer([row('INV1'), row('INV2', { total: money('20.00', 'EUR') })], {
    summary: [summary('USD', '10.10'), summary('EUR', '20.20')],
  });

  test('two currencies: two totals, never one', async () => {
    new Backend().lists(twoCurrencies);
    const card = renderCard();
    await shows(card, 'INV1');
    const open = card.findAll(StatisticsItem, (item) => item.props.label.startsWith('Open'));
    expect(open.map((item) => [item.props.label, item.props.number])).toEqual([
      ['Open (USD)', '$10.10'],
      ['Open (EUR)', '€20.20'],
    ]);
    expect(seen(card)).not.toContain('30.30');
  });

  test('ageing names only the spans in which something is owed', async () => {
    const ageing = {
      days1To30: money('1.00'),
      days31To60: money('0.00'),
      days61To90: money('0.00'),
      over90: money('9.00'),
    };
    new Backend().lists(
      listAnswer([row('INV1')], { summary: [summary('USD', '10.00', { overdue: money('10.00'), ageing })] }),
    );
    const card = renderCard();
    await shows(card, 'Overdue since: 1–30 days $1.00 · over 90 days $9.00');
    expect(seen(card)).not.toContain('31–60');
  });
});

describe('French', () => {
  test('texts, plurals, dates and money are French', async () => {
    new Backend().lists(
      listAnswer([row('INV1', { status: 'overdue', daysOverdue: 2, total: money('1234.50', 'EUR'), remaining: money('1234.50', 'EUR') })], {
        summary: [summary('EUR', '1234.50')],
      }),
    );
    const card = renderCard({ locale: 'fr-fr' });
    await shows(card, 'INV1');
    const text = seen(card).replace(/[\u00a0\u202f]/g, ' ');
    for (const expected of ['Ajouter une facture existante', '2 jours de retard', '2 nov. 2026', '1 234,50 €', 'À jour', 'Ouvert (EUR)']) {
      expect(text).toContain(expected);
    }
  });

  test('an unknown language falls back to English', async () => {
    new Backend().lists(listAnswer([]));
    await shows(renderCard({ locale: 'xx' }), 'No invoices yet');
  });
});
