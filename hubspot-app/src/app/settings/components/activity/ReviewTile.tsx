import {
  ButtonRow,
  DescriptionList,
  DescriptionListItem,
  Flex,
  Box,
  Link,
  LoadingButton,
  StatusTag,
  Text,
  Tile,
} from '@hubspot/ui-extensions';
import { AGREEMENTS, CONTRADICTIONS, known, REVIEW_REASONS, useAction } from '@ledgercard/shared';
import type { Decision, Review, ReviewCandidate, ReviewSide } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';

interface ReviewTileProps {
  review: Review;
  reload: () => Promise<unknown>;
}

/** One row of the ERP beside the records that it may be: the same, a new one, or never ask again. */
export function ReviewTile({ review, reload }: ReviewTileProps) {
  const { api, t, actions } = useSettings();
  const decide = useAction(async (decision: Decision, objectId: string | null) => {
    await api.decide({ reviewId: review.id, decision, ...(objectId === null ? {} : { objectId }) });
    actions.addAlert({ type: 'success', message: t(`review.done.${decision}`) });
    await reload();
  });
  return (
    <Tile testId={`review-${review.id}`}>
      <Flex direction="column" gap="sm">
        <Text>{t(`review.reason.${known(REVIEW_REASONS, review.reason)}`)}</Text>
        <ActionProblem error={decide.error} />
        <Flex direction="row" gap="md" wrap>
          <Box flex={1}>
            <Side title={t('side.erp.name')} side={review.erp} />
          </Box>
          {review.candidates.map((candidate) => (
            <Box key={candidate.objectId} flex={1}>
              <Candidate
                candidate={candidate}
                busy={decide.busy}
                onAccept={() => void decide.run('accept', candidate.objectId)}
              />
            </Box>
          ))}
        </Flex>
        <ButtonRow>
          <LoadingButton variant="secondary" size="sm" loading={decide.busy} onClick={() => void decide.run('create', null)}>
            {t('review.create')}
          </LoadingButton>
          <LoadingButton variant="secondary" size="sm" loading={decide.busy} onClick={() => void decide.run('refuse', null)}>
            {t('review.refuse')}
          </LoadingButton>
        </ButtonRow>
      </Flex>
    </Tile>
  );
}

function Side({ title, side }: { title: string; side: ReviewSide }) {
  return (
    <Flex direction="column" gap="xs">
      <Text variant="microcopy">{title}</Text>
      {side.url ? <Link href={{ url: side.url, external: true }}>{side.name}</Link> : <Text>{side.name}</Text>}
      <DescriptionList direction="column">
        {side.fields.map((field) => (
          <DescriptionListItem key={field.label} label={field.label}>
            <Text>{field.value === '' ? '–' : field.value}</Text>
          </DescriptionListItem>
        ))}
      </DescriptionList>
    </Flex>
  );
}

interface CandidateProps {
  candidate: ReviewCandidate;
  busy: boolean;
  onAccept: () => void;
}

/** From here on a proposal is a strong one. */
const STRONG = 85;

function Candidate({ candidate, busy, onAccept }: CandidateProps) {
  const { t, format } = useSettings();
  const agreeing = AGREEMENTS.filter((reason) => candidate.reasons.includes(reason)).map((reason) => t(`agrees.${reason}`));
  const against = CONTRADICTIONS.filter((reason) => candidate.reasons.includes(reason)).map((reason) => t(`against.${reason}`));
  return (
    <Flex direction="column" gap="xs" align="start">
      <Side title={t('side.hubspot.name')} side={candidate.side} />
      {candidate.score > 0 ? (
        <StatusTag variant={candidate.score >= STRONG ? 'success' : 'warning'} hollow>
          {t('review.score', { score: format.number(candidate.score) })}
        </StatusTag>
      ) : null}
      {agreeing.length === 0 ? null : <Text variant="microcopy">{t('review.because', { reasons: format.list(agreeing) })}</Text>}
      {against.length === 0 ? null : <Text variant="microcopy">{t('review.against', { reasons: format.list(against) })}</Text>}
      <LoadingButton variant="secondary" size="sm" loading={busy} onClick={onAccept}>
        {t('review.accept', { name: candidate.side.name })}
      </LoadingButton>
    </Flex>
  );
}
