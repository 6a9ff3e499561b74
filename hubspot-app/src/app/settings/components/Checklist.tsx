import {
  Alert,
  Flex,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Tag,
  Text,
} from '@hubspot/ui-extensions';
import type { ChecklistAnswer, ChecklistItem } from '@ledgercard/shared';
import { whyText } from './connection/health.ts';
import { useSettings } from './SettingsContext.tsx';

interface ChecklistProps {
  answer: ChecklistAnswer;
  name: string;
  systemName: string;
}

/** The prerequisites, each with what NetSuite proved about it. Nothing is ticked without proof. */
export function Checklist({ answer, name, systemName }: ChecklistProps) {
  const { t, when } = useSettings();
  const isAsked = answer.state !== 'not_asked';
  return (
    <Flex direction="column" gap="sm">
      {answer.trouble === null ? null : (
        <Alert title={t('checklist.trouble', { name })} variant="danger">
          <Text>{whyText(answer.trouble.code, answer.trouble.permission, systemName, t)}</Text>
        </Alert>
      )}
      {answer.askedAt === null ? null : (
        <Text variant="microcopy">{t('checklist.askedAt', { when: when(answer.askedAt) })}</Text>
      )}
      <Table bordered density="condensed">
        <TableHead>
          <TableRow>
            {isAsked ? <TableHeader width="min">{t('checklist.finding')}</TableHeader> : null}
            <TableHeader>{t('checklist.item')}</TableHeader>
            <TableHeader>{t('checklist.mend')}</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {answer.items.map((item) => (
            <Line key={item.code} item={item} isAsked={isAsked} />
          ))}
        </TableBody>
      </Table>
      {isAsked && answer.items.some((item) => item.finding === 'cannot_be_asked') ? (
        <Text variant="microcopy">{t('checklist.cannot')}</Text>
      ) : null}
    </Flex>
  );
}

const VARIANTS = { proved: 'success', refused: 'danger', cannot_be_asked: 'warning', not_needed: 'default' } as const;

/** Before anything is asked there is no finding, but what is not needed is known all the same. */
function Line({ item, isAsked }: { item: ChecklistItem; isAsked: boolean }) {
  const { t } = useSettings();
  const isNeeded = item.finding !== 'not_needed';
  return (
    <TableRow>
      {isAsked ? (
        <TableCell>
          <StatusTag
            variant={VARIANTS[item.finding]}
            hollow={item.finding === 'cannot_be_asked' || !isNeeded}
            testId={`finding-${item.code}`}
          >
            {t(`finding.${item.finding}`)}
          </StatusTag>
        </TableCell>
      ) : null}
      <TableCell>
        <Flex direction="column" gap="flush" align="start">
          <Text>{item.name}</Text>
          {isNeeded && !item.required ? <Tag inline>{t('checklist.optional')}</Tag> : null}
          {isNeeded || isAsked ? null : <Tag inline>{t('finding.not_needed')}</Tag>}
        </Flex>
      </TableCell>
      <TableCell>
        <Text variant="microcopy">{item.mend}</Text>
      </TableCell>
    </TableRow>
  );
}
