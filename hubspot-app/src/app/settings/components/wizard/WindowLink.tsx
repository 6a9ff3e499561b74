import { Button, ButtonRow, Flex, LoadingButton, Text } from '@hubspot/ui-extensions';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useAction } from '@ledgercard/shared';
import type { WindowAnswer } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';

interface WindowLinkProps {
  /** Asks the backend for the window's address; gives null where something has to be filled in first. */
  make: () => Promise<WindowAnswer | null>;
  makeLabel: string;
  openLabel: string;
  variant: 'primary' | 'secondary';
  /** Further buttons beside it. */
  children?: ReactNode;
}

/**
 * A window outside of HubSpot. An extension cannot open one by itself, so a button makes the address and a link opens it. The address
 * works once and for a minute only, so it goes away by itself.
 */
export function WindowLink({ make, makeLabel, openLabel, variant, children }: WindowLinkProps) {
  const { t } = useSettings();
  const [link, setLink] = useState<WindowAnswer | null>(null);
  const [hasEnded, setEnded] = useState(false);
  useEnd(link, () => {
    setLink(null);
    setEnded(true);
  });
  const action = useAction(async () => {
    const made = await make();
    if (made !== null) {
      setLink(made);
      setEnded(false);
    }
  });

  return (
    <Flex direction="column" gap="xs">
      <ButtonRow>
        {link === null ? (
          <LoadingButton variant={variant} loading={action.busy} onClick={() => void action.run()}>
            {hasEnded ? t('windowLink.again') : makeLabel}
          </LoadingButton>
        ) : (
          <Button variant={variant} href={{ url: link.url, external: true }}>
            {openLabel}
          </Button>
        )}
        {children}
      </ButtonRow>
      {link === null ? null : <Text variant="microcopy">{t('windowLink.valid')}</Text>}
      {link === null && hasEnded ? <Text variant="microcopy">{t('windowLink.ended')}</Text> : null}
      <ActionProblem error={action.error} />
    </Flex>
  );
}

/** A user's clock may be wrong: the link is shown for no less than this, and for no more than the minute that it lives. */
const SHORTEST_MS = 20_000;
const LONGEST_MS = 60_000;

function useEnd(link: WindowAnswer | null, end: () => void): void {
  const latest = useRef(end);
  latest.current = end;
  useEffect(() => {
    if (link === null) {
      return undefined;
    }
    const left = Math.min(Math.max(link.expiresAt - Date.now(), SHORTEST_MS), LONGEST_MS);
    const timer = setTimeout(() => latest.current(), left);
    return () => clearTimeout(timer);
  }, [link]);
}
