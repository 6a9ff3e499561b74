import { Button, ButtonRow } from '@hubspot/ui-extensions';
import type { Pages } from '../../hooks/usePages.ts';
import { useSettings } from '../SettingsContext.tsx';

interface PageButtonsProps {
  pages: Pages;
  next: string | null | undefined;
  /** The list begins with the oldest, so that what follows is newer. */
  isOldestFirst?: boolean;
}

/** Older and newer, where there is either. */
export function PageButtons({ pages, next, isOldestFirst = false }: PageButtonsProps) {
  const { t } = useSettings();
  if (pages.isFirst && !next) {
    return null;
  }
  return (
    <ButtonRow>
      <Button variant="secondary" size="sm" disabled={pages.isFirst} onClick={pages.back}>
        {t(isOldestFirst ? 'pages.older' : 'pages.newer')}
      </Button>
      <Button variant="secondary" size="sm" disabled={!next} onClick={() => pages.forward(next ?? '')}>
        {t(isOldestFirst ? 'pages.newer' : 'pages.older')}
      </Button>
    </ButtonRow>
  );
}
