import { Button, Flex, LoadingButton, Modal, ModalBody, ModalFooter, Text, ToggleGroup } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { Properties, Way } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { TextField } from '../TextField.tsx';
import { useLeave } from './useLeave.ts';
import type { LeaveDone } from './useLeave.ts';

type Destructive = Exclude<Way, 'pause' | 'resume'>;

interface LeaveButtonProps {
  way: Destructive;
  connectionId: string | null;
  label: string;
  /** What will happen. */
  what: string;
  /** Whether our properties in HubSpot may go, too. */
  asksProperties: boolean;
  /** What the person is asked to type, as a sentence, and the text itself. */
  wanted: string;
  id: string;
  onDone: LeaveDone;
}

/** A way out that erases something: done only after its name was typed. */
export function LeaveButton(props: LeaveButtonProps) {
  const { way, connectionId, label, wanted, id, onDone } = props;
  const { t, actions } = useSettings();
  const modalId = `leave-${way}-${connectionId ?? 'portal'}`;
  const [typed, setTyped] = useState('');
  const [properties, setProperties] = useState<Properties>('keep');
  const close = () => actions.closeOverlay(modalId);
  const leave = useLeave(way, connectionId, async (left) => {
    close();
    await onDone(left);
  });
  const open = () => {
    setTyped('');
    setProperties('keep');
    leave.clear();
  };
  const text = typed.trim();
  const isRight = text.toLowerCase() === id.toLowerCase();
  const isOnTheWay = id.toLowerCase().startsWith(text.toLowerCase());

  return (
    <Button
      variant="secondary"
      size="sm"
      onClick={open}
      overlay={
        <Modal id={modalId} title={label} variant="danger" width="md">
          <ModalBody>
            <Flex direction="column" gap="md">
              <Text>{props.what}</Text>
              {props.asksProperties ? <PropertiesChoice value={properties} onChange={setProperties} /> : null}
              <TextField
                name="confirm"
                label={wanted}
                value={typed}
                onValue={setTyped}
                problem={isOnTheWay ? null : t('confirm.wrong', { id })}
              />
              <ActionProblem error={leave.error} />
            </Flex>
          </ModalBody>
          <ModalFooter>
            <LoadingButton
              variant="destructive"
              loading={leave.busy}
              disabled={!isRight}
              onClick={() => void leave.run(id, properties)}
              testId={`leave-${way}`}
            >
              {label}
            </LoadingButton>
            <Button variant="secondary" onClick={close}>
              {t('cancel')}
            </Button>
          </ModalFooter>
        </Modal>
      }
    >
      {label}
    </Button>
  );
}

function PropertiesChoice({ value, onChange }: { value: Properties; onChange: (value: Properties) => void }) {
  const { t } = useSettings();
  const choices = ['keep', 'archive'] as const;
  return (
    <ToggleGroup
      toggleType="radioButtonList"
      name="properties"
      label={t('confirm.properties')}
      value={value}
      onChange={(next: string) => onChange(next as Properties)}
      options={choices.map((choice) => ({
        value: choice,
        label: t(`confirm.${choice}`),
        description: t(`confirm.${choice}.what`),
      }))}
    />
  );
}
