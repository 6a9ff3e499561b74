import { Alert, Button, Flex, List, LoadingButton, ModalBody, ModalFooter, Text } from '@hubspot/ui-extensions';
import type { AddFlow } from '../hooks/useAddFlow.ts';
import { rowKey } from '../hooks/useAttach.ts';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';

/** Second step, only where a customer has nothing to do with the record: somebody else's invoices are easily ticked by mistake. */
export function AddConfirm({ flow }: { flow: AddFlow }) {
  const { t, format } = useCard();
  const { foreign, state } = flow;
  return (
    <>
      <ModalBody>
        <Flex direction="column" gap="sm">
          <Alert title={t('add.confirm.title')} variant="warning">
            <Text>{t.count('add.confirm.what', foreign.length)}</Text>
          </Alert>
          <List>
            {foreign.map(({ row }) => (
              <Text key={rowKey(row)}>{`${row.number} · ${row.customer.name} · ${format.money(row.total)}`}</Text>
            ))}
          </List>
          {flow.add.error === null ? null : <Problem error={flow.add.error} />}
        </Flex>
      </ModalBody>
      <ModalFooter>
        <LoadingButton variant="primary" loading={flow.add.busy} onClick={flow.confirm} testId="add-confirm">
          {t.count('add.confirm.yes', state.chosen.size)}
        </LoadingButton>
        <Button variant="secondary" onClick={() => flow.dispatch({ type: 'step', step: 'pick' })}>
          {t('back')}
        </Button>
      </ModalFooter>
    </>
  );
}
