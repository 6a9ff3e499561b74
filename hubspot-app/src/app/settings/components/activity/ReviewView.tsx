import { EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import { usePages } from '../../hooks/usePages.ts';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { PageButtons } from '../sync/PageButtons.tsx';
import type { ViewProps } from './ActivityTab.tsx';
import { ReviewTile } from './ReviewTile.tsx';

/** Pairs that may be the same thing, which nobody but a person can know. */
export function ReviewView({ flowId, reload }: ViewProps) {
  const { api, t } = useSettings();
  const pages = usePages();
  const query = { flow: flowId, after: pages.at ?? '' };
  const read = useRead(JSON.stringify(query), () => api.reviews(query));
  const again = async () => {
    await Promise.all([read.reload(), reload()]);
  };
  return (
    <Loaded read={read}>
      {({ reviews, next, total }) =>
        total === 0 ? (
          <EmptyState title={t('review.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
            <Text>{t('review.none.what')}</Text>
          </EmptyState>
        ) : (
          <Flex direction="column" gap="md">
            <Text>{t.count('review.what', total)}</Text>
            {reviews.map((review) => (
              <ReviewTile key={review.id} review={review} reload={again} />
            ))}
            <PageButtons pages={pages} next={next} isOldestFirst />
          </Flex>
        )
      }
    </Loaded>
  );
}
