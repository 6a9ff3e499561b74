import { known, STONE_REASONS } from '@ledgercard/shared';
import type { FlowKey, FlowView, Tombstone, TombstonesAnswer } from '@ledgercard/shared';

/** Tombstones: what is not made again, since its record was deleted or erased in HubSpot. */

/** Erased for privacy; so is taken what this page does not know, since it is the graver. */
export function isErased(stone: Tombstone): boolean {
  return known(STONE_REASONS, stone.reason) === 'erasure';
}

const KINDS: Record<FlowKey, string> = { customers: 'customer', contacts: 'contact' };

export function ofFlow(stone: Tombstone, flow: FlowView): boolean {
  return stone.connectionId === flow.connectionId && stone.kind === KINDS[flow.key];
}

/** How many there are, as far as the first page tells; null for none. Without a flow: of all. */
export function stonesText(first: TombstonesAnswer | null, flow: FlowView | undefined, number: (value: number) => string): string | null {
  const all = first?.tombstones ?? [];
  if (first?.next) {
    return `${number(all.length)}+`;
  }
  const count = flow ? all.filter((stone) => ofFlow(stone, flow)).length : all.length;
  return count === 0 ? null : number(count);
}
