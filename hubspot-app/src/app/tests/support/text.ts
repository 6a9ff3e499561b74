import { expect } from 'vitest';

/** What a person reads of what HubSpot's test renderer rendered. */

/** All text of a part of a page, overlays included, in reading order. */
export function textOf(node: unknown): string {
  const { text, childNodes, props, nodeType } = node as {
    nodeType: string;
    text?: string | null;
    childNodes?: unknown[];
    props?: Record<string, unknown>;
  };
  if (nodeType === 'text') {
    return text ?? '';
  }
  const own = ['title', 'label', 'description', 'number', 'screenReaderText', 'validationMessage']
    .map((name) => props?.[name])
    .filter((value) => typeof value === 'string');
  const overlay = props?.['overlay'] === undefined ? '' : textOf(props['overlay']);
  return [...own, ...(childNodes ?? []).map(textOf), overlay].filter((part) => part !== '').join(' ');
}

export interface Rendered {
  getRootNode: () => unknown;
  waitFor: (check: () => void) => Promise<unknown>;
}

/** All text of the card or page as it is now. */
export function seen(page: Rendered): string {
  return textOf(page.getRootNode());
}

export async function shows(page: Rendered, text: string | RegExp): Promise<void> {
  await page.waitFor(() => expect(seen(page)).toMatch(text));
}
