import {
  ButtonRow,
  Flex,
  Link,
  LoadingButton,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
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
        <Sides review={review} busy={decide.busy} onAccept={(objectId) => void decide.run('accept', objectId)} />
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

interface SidesProps {
  review: Review;
  busy: boolean;
  onAccept: (objectId: string) => void;
}

/** Both sides, property beside property. */
function Sides({ review, busy, onAccept }: SidesProps) {
  const { t } = useSettings();
  const { erp, candidates } = review;
  const labels = [...new Set([erp, ...candidates.map(({ side }) => side)].flatMap(({ fields }) => fields.map(({ label }) => label)))];
  return (
    <Table bordered density="condensed">
      <TableHead>
        <TableRow>
          <TableHeader width="min">{t('samples.property')}</TableHeader>
          <TableHeader>{t('side.erp.name')}</TableHeader>
          {candidates.map(({ objectId }) => (
            <TableHeader key={objectId}>{t('side.hubspot.name')}</TableHeader>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        <TableRow>
          <TableCell width="min">{t('tables.name')}</TableCell>
          <TableCell>
            <Name side={erp} />
          </TableCell>
          {candidates.map(({ objectId, side }) => (
            <TableCell key={objectId}>
              <Name side={side} />
            </TableCell>
          ))}
        </TableRow>
        {labels.map((label) => (
          <TableRow key={label}>
            <TableCell width="min">{label}</TableCell>
            <TableCell>{valueOf(erp, label)}</TableCell>
            {candidates.map(({ objectId, side }) => (
              <TableCell key={objectId}>{valueOf(side, label)}</TableCell>
            ))}
          </TableRow>
        ))}
        {candidates.length === 0 ? null : (
          <TableRow>
            <TableCell width="min">{''}</TableCell>
            <TableCell>{''}</TableCell>
            {candidates.map((candidate) => (
              <TableCell key={candidate.objectId}>
                <Verdict review={review} candidate={candidate} busy={busy} onAccept={() => onAccept(candidate.objectId)} />
              </TableCell>
            ))}
          </TableRow>
        )}
      </TableBody>
    </Table>
  );
}

function Name({ side }: { side: ReviewSide }) {
  return side.url ? <Link href={{ url: side.url, external: true }}>{side.name}</Link> : <Text>{side.name}</Text>;
}

function valueOf({ fields }: ReviewSide, label: string): string {
  return fields.find((field) => field.label === label)?.value || '–';
}

interface VerdictProps {
  review: Review;
  candidate: ReviewCandidate;
  busy: boolean;
  onAccept: () => void;
}

/** From here on a proposal is a strong one. */
const STRONG = 85;

/** What speaks for and against a candidate, and the button that takes it. */
function Verdict({ review, candidate, busy, onAccept }: VerdictProps) {
  const { t, format } = useSettings();
  const { score, reasons } = candidate;
  const against = CONTRADICTIONS.filter((reason) => reasons.includes(reason));
  // A name that contradicts is like the other only in part, which says nothing for it.
  const agreeing = AGREEMENTS.filter(
    (reason) => reasons.includes(reason) && !(reason === 'name_alike' && against.includes('name_differs')),
  );
  return (
    <Flex direction="column" gap="xs" align="start">
      {/* Where a key is the same the question is not how alike they are. */}
      {review.reason === 'fuzzy' && score > 0 ? (
        <StatusTag variant={score >= STRONG ? 'success' : 'warning'} hollow>
          {t('review.score', { score: format.number(score) })}
        </StatusTag>
      ) : null}
      {agreeing.length === 0 ? null : (
        <Text variant="microcopy">
          {t('review.because', { reasons: format.list(agreeing.map((reason) => t(`agrees.${reason}`))) })}
        </Text>
      )}
      {against.length === 0 ? null : (
        <Text variant="microcopy">
          {t('review.against', { reasons: format.list(against.map((reason) => t(`against.${reason}`))) })}
        </Text>
      )}
      <LoadingButton variant="secondary" size="sm" loading={busy} onClick={onAccept}>
        {t('review.accept', { name: candidate.side.name })}
      </LoadingButton>
    </Flex>
  );
}
