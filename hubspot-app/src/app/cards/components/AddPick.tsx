import {
  Button,
  EmptyState,
  ErrorState,
  Flex,
  LoadingButton,
  LoadingSpinner,
  ModalBody,
  ModalFooter,
  SearchInput,
  Text,
} from '@hubspot/ui-extensions';
import { MOST_AT_ONCE } from '../hooks/useAddFlow.ts';
import type { AddFlow } from '../hooks/useAddFlow.ts';
import { AddTable } from './AddTable.tsx';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';

/** First step: search and tick. */
export function AddPick({ flow, onCancel }: { flow: AddFlow; onCancel: () => void }) {
  const { t } = useCard();
  const { state, dispatch } = flow;
  const count = state.chosen.size;
  return (
    <>
      <ModalBody>
        <Flex direction="column" gap="sm">
          <SearchInput
            name="add-search"
            label={t('add.search')}
            placeholder={t('add.search.placeholder')}
            value={state.text}
            clearable
            onInput={(text) => dispatch({ type: 'text', text })}
            onChange={(text) => {
              if (text !== state.text) {
                dispatch({ type: 'text', text });
              }
            }}
          />
          <Found flow={flow} />
        </Flex>
      </ModalBody>
      <ModalFooter>
        <Flex direction="column" gap="xs">
          {flow.add.error === null ? null : <Problem error={flow.add.error} />}
          <Flex direction="row" gap="sm" align="center" wrap>
            <LoadingButton
              variant="primary"
              disabled={count === 0}
              loading={flow.add.busy}
              onClick={flow.submit}
              testId="add-submit"
            >
              {count === 0 ? t('add.submit.none') : t.count('add.submit', count)}
            </LoadingButton>
            <Button variant="secondary" onClick={onCancel}>
              {t('cancel')}
            </Button>
            <Text variant="microcopy">
              {count === 0 ? t('add.selected.none') : t.count('add.selected', count)}
              {count >= MOST_AT_ONCE ? ` ${t('add.full')}` : ''}
            </Text>
            {count === 0 ? null : (
              <Button variant="transparent" size="xs" onClick={() => dispatch({ type: 'none' })}>
                {t('add.clear')}
              </Button>
            )}
          </Flex>
        </Flex>
      </ModalFooter>
    </>
  );
}

/** What the search has brought so far. */
function Found({ flow }: { flow: AddFlow }) {
  const { t } = useCard();
  const { read } = flow;
  const { answer } = read;
  if (read.phase === 'first') {
    return <LoadingSpinner label={t('add.loading')} showLabel layout="centered" />;
  }
  if (answer === null || answer.state === 'loading') {
    return (
      <ErrorState title={t(read.error === null ? 'state.slow' : 'error.title')}>
        {read.error === null ? <Text>{t('state.slow.what')}</Text> : <Problem error={read.error} />}
        <Button variant="secondary" onClick={read.reload}>
          {t('retry')}
        </Button>
      </ErrorState>
    );
  }
  if (answer.state !== 'ready' && answer.rows.length === 0) {
    return (
      <ErrorState title={t(`state.${answer.state}`)} type={answer.state === 'no_permission' ? 'lock' : 'error'}>
        <Text>{t('outcome.erp_unavailable')}</Text>
        <Button variant="secondary" onClick={read.reload}>
          {t('retry')}
        </Button>
      </ErrorState>
    );
  }
  return (
    <>
      {read.error === null ? null : <Problem error={read.error} />}
      {answer.rows.length === 0 ? (
        <EmptyState title={t('add.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
          <Text>{t('add.none.what')}</Text>
        </EmptyState>
      ) : (
        <AddTable flow={flow} answer={answer} />
      )}
    </>
  );
}
