import {
  Alert,
  Button,
  Flex,
  LoadingButton,
  ModalBody,
  ModalFooter,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from '@hubspot/ui-extensions';
import type { AddOutcome } from '@ledgercard/shared';
import type { AddFlow } from '../hooks/useAddFlow.ts';
import { rowKey } from '../hooks/useAttach.ts';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';

const VARIANT = {
  added: 'success',
  already_attached: 'info',
  needs_confirmation: 'warning',
  not_found: 'danger',
  no_permission: 'danger',
  erp_unavailable: 'danger',
} as const satisfies Record<AddOutcome, string>;

/** Last step, shown where not all went as asked: what became of each row. */
export function AddResults({ flow, onClose }: { flow: AddFlow; onClose: () => void }) {
  const { t } = useCard();
  const { state, unconfirmed } = flow;
  const results = state.answer?.results ?? [];
  return (
    <>
      <ModalBody>
        <Flex direction="column" gap="sm">
          <Alert title={t('add.partly')} variant="warning" />
          <Table density="compact">
            <TableHead>
              <TableRow>
                <TableHeader>{t('invoice')}</TableHeader>
                <TableHeader>{t('status')}</TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {results.map((result) => {
                const key = rowKey({ connectionId: result.connectionId, id: result.invoiceId });
                return (
                  <TableRow key={key}>
                    <TableCell>{state.chosen.get(key)?.row.number ?? result.invoiceId}</TableCell>
                    <TableCell>
                      <StatusTag variant={VARIANT[result.outcome]}>{t(`outcome.${result.outcome}`)}</StatusTag>
                    </TableCell>
                  </TableRow>
                );
              })}
            </TableBody>
          </Table>
          {flow.add.error === null ? null : <Problem error={flow.add.error} />}
        </Flex>
      </ModalBody>
      <ModalFooter>
        {unconfirmed.length === 0 ? (
          <Button variant="primary" onClick={onClose}>
            {t('close')}
          </Button>
        ) : (
          <LoadingButton variant="primary" loading={flow.add.busy} onClick={flow.confirmRest}>
            {t.count('add.confirm.yes', unconfirmed.length)}
          </LoadingButton>
        )}
        <Button variant="secondary" onClick={flow.more}>
          {t('add.more')}
        </Button>
      </ModalFooter>
    </>
  );
}
