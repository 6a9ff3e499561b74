import {
  Flex,
  Heading,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { connectionTitle } from '@ledgercard/shared';
import type { SettingsReady, Usage } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

const COLUMNS = ['calls', 'unauthorized', 'forbidden', 'throttled', 'failed'] as const satisfies (keyof Usage)[];

/** The calls of the last day on both sides, and how many there may be. */
export function UsageTable({ answer }: { answer: SettingsReady }) {
  const { t, format } = useSettings();
  const { limit, usage } = answer.portal;
  return (
    <Flex direction="column" gap="sm">
      <Heading>{t('usage.title')}</Heading>
      <Text variant="microcopy">{t('usage.what')}</Text>
      <Table bordered density="condensed">
        <TableHead>
          <TableRow>
            <TableHeader>{t('usage.system')}</TableHeader>
            {COLUMNS.map((column) => (
              <TableHeader key={column} align="right">
                {t(`usage.${column}`)}
              </TableHeader>
            ))}
            <TableHeader>{t('usage.cap')}</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          <UsageRow
            name="HubSpot"
            usage={usage}
            cap={t('usage.cap.hubspot', {
              calls: format.number(limit.calls),
              seconds: format.number(limit.seconds),
            })}
          />
          {answer.connections.map((one) => (
            <UsageRow
              key={one.connectionId}
              name={connectionTitle(one)}
              usage={one.usage}
              cap={t('usage.cap.erp', {
                atOnce: format.number(one.limit.atOnce),
                background: format.number(one.limit.background),
              })}
            />
          ))}
        </TableBody>
      </Table>
    </Flex>
  );
}

function UsageRow({ name, usage, cap }: { name: string; usage: Usage; cap: string }) {
  const { format } = useSettings();
  return (
    <TableRow>
      <TableCell>{name}</TableCell>
      {COLUMNS.map((column) => (
        <TableCell key={column} align="right">
          {format.number(usage[column])}
        </TableCell>
      ))}
      <TableCell>
        <Text variant="microcopy">{cap}</Text>
      </TableCell>
    </TableRow>
  );
}
