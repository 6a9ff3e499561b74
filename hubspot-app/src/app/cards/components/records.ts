import type { ObjectTypeId, RecordRef, Translate } from '@ledgercard/shared';

const WORD = { '0-1': 'contact', '0-2': 'company', '0-3': 'deal' } as const satisfies Record<ObjectTypeId, string>;

/** A HubSpot record in words. Only its id is known here: the backend keeps no names. */
export function recordText(record: RecordRef, t: Translate): string {
  return t(WORD[record.objectTypeId], { id: record.objectId });
}
