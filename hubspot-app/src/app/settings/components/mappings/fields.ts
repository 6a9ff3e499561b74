import type { FieldKind, MappingAnswer, MappingField, MappingRow, MappingTarget } from '@ledgercard/shared';

/** Fields of both sides: by name, by what fits, by what somebody types. */

export function propertiesOf(answer: MappingAnswer, target: MappingTarget): MappingField[] {
  return answer.properties[target.objectTypeId] ?? [];
}

export function labelOf(fields: MappingField[], name: string): string {
  return fields.find((field) => field.name === name)?.label ?? name;
}

/** Kinds that each kind of property can be filled from; what is not here the backend would refuse as impossible. */
const TAKES: Record<FieldKind, readonly FieldKind[]> = {
  text: ['text', 'email', 'phone', 'url', 'number', 'flag', 'date', 'instant', 'money', 'choice', 'many', 'reference'],
  email: ['email', 'text'],
  phone: ['phone', 'text', 'number'],
  url: ['url', 'text'],
  number: ['number', 'money', 'text', 'choice'],
  flag: ['flag', 'text', 'choice', 'number'],
  date: ['date', 'instant', 'text'],
  instant: ['instant', 'date', 'text'],
  money: ['money', 'number', 'text', 'choice'],
  choice: ['choice', 'many', 'text', 'number', 'flag', 'reference'],
  many: ['many', 'choice', 'text', 'number', 'reference'],
  reference: ['reference', 'text'],
};

export function canFill(from: MappingField, to: MappingField): boolean {
  return !to.readOnly && TAKES[to.kind].includes(from.kind);
}

const MOST = 50;

export interface Found {
  fields: MappingField[];
  /** How many more there are than are shown. */
  more: number;
}

/** Fields whose label, name or kind has what was typed, at most 50; the chosen one stays among them. */
export function search(fields: MappingField[], typed: string, chosen: string | null): Found {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (field: MappingField) => {
    const text = `${field.label} ${field.name} ${field.kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = fields.filter((field) => fits(field) && field.name !== chosen);
  const kept = fields.filter((field) => field.name === chosen);
  return { fields: [...kept, ...found.slice(0, MOST)], more: Math.max(0, found.length - MOST) };
}

/** A new row's name within its target. It never changes, so it is not taken again. */
export function newRowId(property: string, rows: MappingRow[]): string {
  const taken = new Set(rows.map((row) => row.id));
  let id = property;
  for (let next = 2; taken.has(id); next += 1) {
    id = `${property}_${next}`;
  }
  return id;
}
