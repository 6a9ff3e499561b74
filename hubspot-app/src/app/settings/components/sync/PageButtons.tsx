import { Button, ButtonRow } from '@hubspot/ui-extensions';
import type { Pages } from '../../hooks/usePages.ts';
import { useSettings } from '../SettingsContext.tsx';

/** Older and newer, where there is either. */
export function PageButtons({ pages, next }: { pages: Pages; next: string | null | undefined }) {
  const { t } = useSettings();
  if (pages.isFirst && !next) {
    return null;
  }
  return (
    <ButtonRow>
      <Button variant="secondary" size="sm" disabled={pages.isFirst} onClick={pages.back}>
        {t('pages.back')}
      </Button>
      <Button variant="secondary" size="sm" disabled={!next} onClick={() => pages.forward(next ?? '')}>
        {t('pages.next')}
      </Button>
    </ButtonRow>
  );
}
