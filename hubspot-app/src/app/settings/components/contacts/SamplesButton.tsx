import {
  Button,
  EmptyState,
  Flex,
  PanelBody,
  PanelFooter,
  PanelSection,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
  Tile,
} from '@hubspot/ui-extensions';
import { known, REVIEW_REASONS, SKIPS } from '@ledgercard/shared';
import type { FlowView, Sample, SampleGroup } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { ErpRecord, HubspotRecord } from '../sync/Sides.tsx';

/** Some rows of one group of a preview, with both sides, read when it is opened. */
export function SamplesButton({ flow, group }: { flow: FlowView; group: SampleGroup }) {
  const { t } = useSettings();
  return (
    <OverlayButton
      id={`samples-${flow.id}-${group}`}
      label={t('samples.show', { what: t(`preview.${group}`) })}
      title={t('samples.title', { what: t(`preview.${group}`) })}
      size="xs"
    >
      {(close) => <Content flow={flow} group={group} onClose={close} />}
    </OverlayButton>
  );
}

function Content({ flow, group, onClose }: { flow: FlowView; group: SampleGroup; onClose: () => void }) {
  const { api, t } = useSettings();
  const read = useRead(`${flow.id}/${group}`, () => api.samples({ flow: flow.id, what: group }));
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Flex direction="column" gap="sm">
            <Text variant="microcopy">{t('samples.what')}</Text>
            <Loaded read={read}>
              {({ samples }) =>
                samples.length === 0 ? (
                  <EmptyState title={t('samples.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
                    <Text>{t('samples.none.what')}</Text>
                  </EmptyState>
                ) : (
                  samples.map((sample) => <SampleTile key={`${sample.erpId}/${sample.objectTypeId}`} sample={sample} group={group} />)
                )
              }
            </Loaded>
          </Flex>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        <Button variant="secondary" onClick={onClose}>
          {t('close')}
        </Button>
      </PanelFooter>
    </>
  );
}

function SampleTile({ sample, group }: { sample: Sample; group: SampleGroup }) {
  const { t } = useSettings();
  return (
    <Tile compact>
      <Flex direction="column" gap="xs">
        <Flex direction="row" gap="md" wrap>
          <Flex direction="column" gap="flush">
            <Text variant="microcopy">{t('side.erp.name')}</Text>
            <ErpRecord id={sample.erpId} url={sample.erpUrl} name={sample.erpName} />
          </Flex>
          <Flex direction="column" gap="flush">
            <Text variant="microcopy">{t('side.hubspot.name')}</Text>
            {sample.objectId ? (
              <HubspotRecord
                objectTypeId={sample.objectTypeId}
                id={sample.objectId}
                url={sample.objectUrl}
                name={sample.objectName}
              />
            ) : (
              <Text>{group === 'create' ? newText(sample, t) : t('samples.noRecord')}</Text>
            )}
          </Flex>
        </Flex>
        {sample.reason ? <Text>{reasonText(sample.reason, group, t)}</Text> : null}
        {sample.changes.length === 0 ? null : <Changes sample={sample} />}
      </Flex>
    </Tile>
  );
}

const NEW = { '0-1': 'samples.new.contact', '0-2': 'samples.new.company' } as const;

function newText({ objectTypeId }: Sample, t: ReturnType<typeof useSettings>['t']): string {
  return t(NEW[objectTypeId as keyof typeof NEW] ?? 'samples.new');
}

function reasonText(reason: string, group: SampleGroup, t: ReturnType<typeof useSettings>['t']): string {
  return group === 'unsure' ? t(`review.reason.${known(REVIEW_REASONS, reason)}`) : t(`skipped.${known(SKIPS, reason)}`);
}

function Changes({ sample }: { sample: Sample }) {
  const { t } = useSettings();
  return (
    <Table density="condensed">
      <TableHead>
        <TableRow>
          <TableHeader>{t('samples.property')}</TableHeader>
          <TableHeader>{t('samples.from')}</TableHeader>
          <TableHeader>{t('samples.to')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {sample.changes.map((change) => (
          <TableRow key={change.property}>
            <TableCell>{change.label}</TableCell>
            <TableCell>{change.from || '–'}</TableCell>
            <TableCell>{change.to || '–'}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
