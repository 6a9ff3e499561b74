import {
  Alert,
  Button,
  ButtonRow,
  Flex,
  LoadingButton,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { known, SKIPS } from '@ledgercard/shared';
import type { FlowPreview, FlowView, SampleGroup } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { ReadProgress } from '../sync/RunProgress.tsx';
import { troubleText } from '../sync/texts.ts';
import { SamplesButton } from './SamplesButton.tsx';
import type { FlowActions } from './useFlowActions.ts';

interface PreviewSectionProps {
  flow: FlowView;
  actions: FlowActions;
  isPrimary: boolean;
}

/** What a first run would do, before anything is written. */
export function PreviewSection({ flow, actions, isPrimary }: PreviewSectionProps) {
  const { t } = useSettings();
  const { preview } = flow;
  const cancel = (
    <Button variant="secondary" disabled={actions.turn.busy} onClick={() => void actions.turn.run(false)}>
      {t('cancel')}
    </Button>
  );
  if (preview?.state === 'failed') {
    const { title, what } = troubleText(preview.trouble, t);
    return (
      <Alert title={t('preview.failed')} variant="danger">
        <Text>{title}</Text>
        <Text>{what}</Text>
        <ButtonRow>
          <LoadingButton variant="secondary" loading={actions.turn.busy} onClick={() => void actions.turn.run(true)}>
            {t('preview.again')}
          </LoadingButton>
          {cancel}
        </ButtonRow>
      </Alert>
    );
  }
  if (preview?.state !== 'ready') {
    return (
      <Flex direction="column" gap="sm">
        <ReadProgress title={t('preview.counting')} read={preview?.read ?? 0} total={preview?.total} />
        <ButtonRow>{cancel}</ButtonRow>
      </Flex>
    );
  }
  return (
    <Flex direction="column" gap="sm">
      <Groups flow={flow} preview={preview} />
      <Effort preview={preview} />
      <ButtonRow>
        <LoadingButton
          variant={isPrimary ? 'primary' : 'secondary'}
          loading={actions.start.busy}
          onClick={() => void actions.start.run()}
        >
          {t('preview.start')}
        </LoadingButton>
        {cancel}
      </ButtonRow>
    </Flex>
  );
}

const GROUPS = [
  ['link', 'wouldLink'],
  ['create', 'wouldCreate'],
  ['update', 'wouldUpdate'],
  ['skip', 'wouldSkip'],
  ['unsure', 'unsure'],
] as const satisfies readonly [SampleGroup, keyof FlowPreview][];

function Groups({ flow, preview }: { flow: FlowView; preview: FlowPreview }) {
  const { t, format } = useSettings();
  return (
    <Table bordered density="condensed" testId={`preview-${flow.key}`}>
      <TableHead>
        <TableRow>
          <TableHeader>{t('preview.would')}</TableHeader>
          <TableHeader align="right" width="min">
            {t('preview.rows')}
          </TableHeader>
          <TableHeader width="min">{t('preview.examples')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {GROUPS.map(([group, name]) => (
          <TableRow key={group}>
            <TableCell>
              <Text>{t(`preview.${group}`)}</Text>
              <Text variant="microcopy">{group === 'skip' ? skippedText(preview, t, format) : t(`preview.${group}.what`)}</Text>
            </TableCell>
            <TableCell align="right">{format.number(preview[name])}</TableCell>
            <TableCell>{preview[name] > 0 ? <SamplesButton flow={flow} group={group} /> : null}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

type Settings = ReturnType<typeof useSettings>;

/** `3 no longer in use and 2 without a name`, where the backend says why. */
function skippedText(preview: FlowPreview, t: Settings['t'], format: Settings['format']): string {
  const reasons = Object.entries(preview.skippedBy ?? {}).filter(([, count]) => count > 0);
  if (reasons.length === 0) {
    return t('preview.skip.what');
  }
  return format.list(reasons.map(([reason, count]) => t(`skip.${known(SKIPS, reason)}`, { rows: format.number(count) })));
}

function Effort({ preview }: { preview: FlowPreview }) {
  const { t, format, when } = useSettings();
  return (
    <Flex direction="column" gap="flush">
      <Text>
        {t('preview.effort', {
          calls: format.number(preview.calls),
          duration: preview.minutes < 1 ? t('preview.underMinute') : t.count('preview.minutes', Math.round(preview.minutes)),
        })}
      </Text>
      {preview.faulty ? <Text>{t.count('preview.faulty', preview.faulty)}</Text> : null}
      <Text variant="microcopy">{t('preview.at', { when: when(preview.at), read: format.number(preview.read) })}</Text>
    </Flex>
  );
}
