import { Tabs } from '@hubspot/ui-extensions';
import { createRenderer } from '@hubspot/ui-extensions/testing';
import { useEffect, useState } from 'react';
import { afterEach, expect } from 'vitest';
import { SettingsRoot } from '../../settings/components/SettingsRoot.tsx';
import type { Backend } from './backend.ts';
import { PATIENCE_MS } from './card.tsx';
import { textOf } from './text.ts';

/** The settings page in HubSpot's own test renderer. */

export type TestPage = ReturnType<typeof renderSettings>;

const leave: (() => void)[] = [];

// A page looks again by itself for as long as it is there: taken off, it asks nothing of the next test's backend.
afterEach(() => leave.splice(0).forEach((go) => go()));

function Page() {
  const [isThere, setThere] = useState(true);
  useEffect(() => {
    leave.push(() => setThere(false));
  }, []);
  return isThere ? <SettingsRoot /> : null;
}

export function renderSettings(options: { locale?: string; variables?: Record<string, string> } = {}) {
  const renderer = createRenderer('settings');
  const { context } = renderer.mocks;
  context.user = { ...context.user, id: 1, locale: options.locale ?? 'en-us' };
  context.portal = { ...context.portal, id: 4711001, timezone: 'Europe/Stockholm' };
  context.variables = options.variables ?? { BACKEND_URL: 'https://ledgercard.example' };
  renderer.render(<Page />);
  const { waitFor } = renderer;
  return Object.assign(renderer, {
    waitFor: (check: () => void) => waitFor.call(renderer, check, { timeoutInMs: PATIENCE_MS }),
  });
}

/** The settings, one answer after the other; the last one stays. */
export function settingsAre(backend: Backend, ...answers: object[]): Backend {
  let next = 0;
  return backend.on('/api/settings', () => answers[Math.min(next++, answers.length - 1)] as object);
}

interface Node {
  name?: string;
  childNodes?: Node[];
  props?: Record<string, unknown>;
  trigger: (event: string, value?: unknown) => void;
}

/** Every element of the page, those in overlays included. */
function* elements(node: Node): Generator<Node> {
  yield node;
  const overlay = node.props?.['overlay'] as Node | undefined;
  for (const child of [...(node.childNodes ?? []), ...(overlay === undefined ? [] : [overlay])]) {
    yield* elements(child);
  }
}

function isButton(node: Node): boolean {
  return node.name === 'Button' || node.name === 'LoadingButton';
}

/** A button's own words. */
function labelOf(node: Node): string {
  return (node.childNodes ?? []).map(textOf).join(' ');
}

/** A button by its own words, without those of the overlay that it opens. */
export function buttons(page: TestPage, label: string): Node[] {
  return [...elements(page.getRootNode() as unknown as Node)].filter((node) => isButton(node) && labelOf(node) === label);
}

export function button(page: TestPage, label: string): Node {
  const [first] = buttons(page, label);
  if (first === undefined) {
    throw new Error(`no button “${label}”`);
  }
  return first;
}

export function press(page: TestPage, label: string, nth = 0): void {
  const found = buttons(page, label)[nth];
  if (found === undefined) {
    throw new Error(`no button “${label}” number ${nth}`);
  }
  found.trigger('onClick');
}

function element(page: TestPage, name: string, props: Record<string, unknown>): Node {
  const all = [...elements(page.getRootNode() as unknown as Node)].filter((node) => node.name === name);
  const found = all.find((node) => Object.entries(props).every(([key, value]) => node.props?.[key] === value));
  if (found === undefined) {
    throw new Error(`no ${name} with ${JSON.stringify(props)} among ${all.length}`);
  }
  return found;
}

/** Fills in a text field by its label. */
export function type(page: TestPage, label: string, text: string): void {
  element(page, 'Input', { label }).trigger('onInput', text);
}

/** What is in the modal or panel of this id. */
function overlayOf(page: TestPage, id: string): Node {
  const all = [...elements(page.getRootNode() as unknown as Node)];
  const found = all.find((node) => (node.name === 'Modal' || node.name === 'Panel') && node.props?.['id'] === id);
  if (found === undefined) {
    throw new Error(`no overlay “${id}”`);
  }
  return found;
}

export function overlayText(page: TestPage, id: string): string {
  return textOf(overlayOf(page, id));
}

/** Triggers an event of the one component of this name in a modal or panel. */
export function inOverlay(page: TestPage, id: string, name: string, event: string, value?: unknown): void {
  const found = [...elements(overlayOf(page, id))].filter((node) => node.name === name);
  if (found.length !== 1) {
    throw new Error(`${found.length} of ${name} in “${id}”`);
  }
  found[0]?.trigger(event, value);
}

/** Chooses in a group of radio buttons, a select or a list, by its label. */
export function choose(page: TestPage, kind: 'ToggleGroup' | 'Select' | 'MultiSelect', label: string, value: unknown): void {
  element(page, kind, { label }).trigger('onChange', value);
}

/** Triggers an event of a component by its name and properties, in overlays, too. */
export function act(page: TestPage, name: string, by: Record<string, unknown>, event: string, value?: unknown): void {
  element(page, name, by).trigger(event, value);
}

export function props(page: TestPage, name: string, by: Record<string, unknown>): Record<string, unknown> {
  return element(page, name, by).props ?? {};
}

export function submit(page: TestPage): void {
  element(page, 'Form', {}).trigger('onSubmit');
}

export async function openTab(page: TestPage, id: string): Promise<void> {
  await page.waitFor(() => expect(page.maybeFind(Tabs)).not.toBeNull());
  element(page, 'Tabs', {}).trigger('onSelectedChange', id);
}

/** The labels of the page's primary buttons, those in overlays left out: an overlay is a surface of its own. */
export function primaries(page: TestPage): string[] {
  const own = function* (node: Node): Generator<Node> {
    yield node;
    for (const child of node.childNodes ?? []) {
      yield* own(child);
    }
  };
  return [...own(page.getRootNode() as unknown as Node)]
    .filter((node) => isButton(node) && node.props?.['variant'] === 'primary')
    .map(labelOf);
}
