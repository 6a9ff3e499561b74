import { Box, Flex, SearchInput, Select } from '@hubspot/ui-extensions';
import type { Status } from '@ledgercard/shared';
import type { ChangeList, ListControls } from '../hooks/useListQuery.ts';
import { useCard } from './CardContext.tsx';
import { statusWord } from './status.ts';

const STATUSES: Status[] = ['open', 'overdue', 'partially_paid', 'paid', 'draft', 'voided', 'rejected'];

export function Filters({ controls, change }: { controls: ListControls; change: ChangeList }) {
  const { t } = useCard();
  const options = [
    { label: t('filter.all'), value: '' },
    ...STATUSES.map((status) => ({ label: statusWord(status, t), value: status })),
  ];
  return (
    <Flex direction="row" gap="sm" wrap align="end">
      <Box flex={2}>
        <SearchInput
          name="invoice-search"
          label={t('filter.search')}
          placeholder={t('filter.search.placeholder')}
          value={controls.text}
          clearable
          onInput={(text) => change({ type: 'text', text })}
          onChange={(text) => {
            // Leaving the field repeats its text; only a new one, such as the empty one of its clear button, is a change.
            if (text !== controls.text) {
              change({ type: 'text', text });
            }
          }}
        />
      </Box>
      <Box flex={1}>
        <Select
          name="invoice-status"
          label={t('filter.status')}
          value={controls.status}
          options={options}
          onChange={(status) => change({ type: 'status', status: String(status) })}
        />
      </Box>
    </Flex>
  );
}
