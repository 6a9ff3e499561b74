import { Button, ModalBody, ModalFooter, Text } from '@hubspot/ui-extensions';
import { useSettings } from '../SettingsContext.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { WindowLink } from '../wizard/WindowLink.tsx';

interface DownloadButtonProps {
  /** Whose entries; neither: all of them. */
  request: { flowId?: string; run?: string };
  size?: 'xs' | 'sm';
}

/** The log as a file, through a window outside of HubSpot. */
export function DownloadButton({ request, size = 'sm' }: DownloadButtonProps) {
  const { api, t } = useSettings();
  return (
    <OverlayButton
      id={`download-${request.run ?? request.flowId ?? 'all'}`}
      kind="modal"
      size={size}
      label={t('download')}
      title={t('download.title')}
    >
      {(close) => (
        <>
          <ModalBody>
            <Text>{t('download.what')}</Text>
          </ModalBody>
          <ModalFooter>
            <WindowLink
              make={() => api.download(request)}
              makeLabel={t('download.make')}
              openLabel={t('download.open')}
              variant="primary"
            >
              <Button variant="secondary" onClick={close}>
                {t('close')}
              </Button>
            </WindowLink>
          </ModalFooter>
        </>
      )}
    </OverlayButton>
  );
}
