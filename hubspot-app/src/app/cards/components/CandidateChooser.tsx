import { Alert, Button, Flex, Icon, Link, Tag, Text, Tile } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { Candidate, LinkAnswer, ListAnswer } from '@ledgercard/shared';
import { connectionName, useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';

type Refusal = Exclude<LinkAnswer['outcome'], 'linked' | 'already_linked'>;

/** Several ERP customers have this contact's e-mail: a person says which one it is. */
export function CandidateChooser({ answer, onLinked }: { answer: ListAnswer; onLinked: () => void }) {
  const { api, record, actions, t } = useCard();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const link = useAction(async (candidate: Candidate) => {
    setRefusal(null);
    const { connectionId, id: customerId, name } = candidate;
    const { outcome } = await api.link({ ...record, connectionId, customerId });
    if (outcome !== 'linked' && outcome !== 'already_linked') {
      setRefusal(outcome);
      return;
    }
    actions.addAlert({ type: 'success', message: t('ambiguous.linked', { name }) });
    onLinked();
  });

  return (
    <Flex direction="column" gap="sm">
      <Alert title={t.count('ambiguous.title', answer.candidates.length)} variant="warning">
        <Text>{t('ambiguous.what')}</Text>
      </Alert>
      {refusal === null ? null : <Text>{t(`link.${refusal}`)}</Text>}
      {link.error === null ? null : <Problem error={link.error} />}
      {answer.candidates.map((candidate) => (
        <CandidateTile
          key={`${candidate.connectionId}/${candidate.id}`}
          candidate={candidate}
          answer={answer}
          busy={link.busy}
          onChoose={() => void link.run(candidate)}
        />
      ))}
    </Flex>
  );
}

interface CandidateTileProps {
  candidate: Candidate;
  answer: ListAnswer;
  busy: boolean;
  onChoose: () => void;
}

function CandidateTile({ candidate, answer, busy, onChoose }: CandidateTileProps) {
  const { t } = useCard();
  const connection = answer.connections.find((one) => one.id === candidate.connectionId);
  const system = connection === undefined ? '' : connectionName(connection, answer.connections.length > 1, t);
  return (
    <Tile compact>
      <Flex direction="row" justify="between" align="center" gap="sm" wrap>
        <Flex direction="column" gap="flush" align="start">
          <Text format={{ fontWeight: 'demibold' }}>{candidate.name}</Text>
          <Text variant="microcopy">
            {[candidate.number, candidate.email, system].filter((part) => part !== null && part !== '').join(' · ')}
          </Text>
          {candidate.inactive ? <Tag inline>{t('ambiguous.inactive')}</Tag> : null}
          <Link href={{ url: candidate.url, external: true }}>{t('customer.open', { system })}</Link>
        </Flex>
        {answer.permission.attach ? (
          <Button variant="secondary" size="sm" disabled={busy} onClick={onChoose}>
            {t('ambiguous.choose')}
            <Icon name="success" size="sm" screenReaderText={candidate.number} />
          </Button>
        ) : null}
      </Flex>
    </Tile>
  );
}
