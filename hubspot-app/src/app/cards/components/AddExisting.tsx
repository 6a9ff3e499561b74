import { Button, Modal } from '@hubspot/ui-extensions';
import { useAddFlow } from '../hooks/useAddFlow.ts';
import { AddConfirm } from './AddConfirm.tsx';
import { AddPick } from './AddPick.tsx';
import { AddResults } from './AddResults.tsx';
import { useCard } from './CardContext.tsx';

const MODAL_ID = 'add-existing-invoice';

/** The card's primary button and the modal behind it. */
export function AddExisting({ onAdded }: { onAdded: () => void }) {
  const { t, actions } = useCard();
  const flow = useAddFlow({
    onAdded,
    onAllAdded: (count) => {
      actions.closeOverlay(MODAL_ID);
      actions.addAlert({ type: 'success', message: t.count('add.done', count) });
    },
  });
  const { state, dispatch } = flow;
  const close = () => {
    dispatch({ type: 'close' });
    actions.closeOverlay(MODAL_ID);
  };
  return (
    <Button
      variant="primary"
      onClick={() => dispatch({ type: 'open' })}
      overlay={
        <Modal
          id={MODAL_ID}
          title={t('add.title')}
          width="lg"
          onOpen={() => dispatch({ type: 'open' })}
          onClose={() => dispatch({ type: 'close' })}
        >
          {state.isOpen && state.step === 'pick' ? <AddPick flow={flow} onCancel={close} /> : null}
          {state.isOpen && state.step === 'confirm' ? <AddConfirm flow={flow} /> : null}
          {state.isOpen && state.step === 'result' ? <AddResults flow={flow} onClose={close} /> : null}
        </Modal>
      }
    >
      {t('add.button')}
    </Button>
  );
}
