import { StatusTag } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { MappingAnswer } from '@ledgercard/shared';
import { canFill, newRowId, search } from '../settings/components/mappings/fields.ts';
import { Backend } from './support/backend.ts';
import { settings } from './support/settings-answers.ts';
import { act, button, buttons, choose, openTab, overlayText, press, primaries, props, renderSettings, settingsAre, type } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { checked, field, flow, mapping, mappingRow } from './support/sync-answers.ts';
import { seen, shows } from './support/text.ts';

const MAPPINGS = '/api/settings/mappings';
const CHECK = '/api/settings/mappings/check';
const SAVE = '/api/settings/mappings/save';

async function mappings(...answers: MappingAnswer[]): Promise<{ page: TestPage; backend: Backend }> {
  let next = 0;
  const backend = settingsAre(new Backend(), settings())
    .on('/api/settings/flows', () => ({ flows: [flow()] }))
    .on(MAPPINGS, () => answers[Math.min(next++, answers.length - 1)] as object)
    .on(CHECK, () => checked());
  const page = renderSettings();
  await openTab(page, 'mappings');
  await shows(page, 'Value tables');
  return { page, backend };
}

describe('the mappings of NS-15', () => {
  test('NS-15: the defaults are shown, property by property, with nothing to set up', async () => {
    const { page, backend } = await mappings(mapping());
    expect(seen(page)).toContain('Customers that are persons → contacts');
    expect(seen(page)).toMatch(/Label email email ← to HubSpot Label email email NetSuite wins Works Matching needs it/);
    expect(seen(page)).toContain('Defaults');
    expect(primaries(page)).toEqual(['Save mapping']);
    expect(button(page, 'Save mapping').props?.['disabled']).toBe(true);
    expect(backend.to(CHECK)).toEqual([]);
  });

  test('lossy and impossible pairs are named with the reason', async () => {
    const rows = [
      mappingRow('city', { fit: { state: 'lossy', reasons: ['currency_lost'] } }),
      mappingRow('birthday', { fit: { state: 'impossible', reasons: ['of_tomorrow'] } }),
    ];
    const { page } = await mappings(mapping({ targets: [{ key: 'person', objectTypeId: '0-1', rows }] }));
    expect(page.find(StatusTag, { testId: 'fit-city' }).props.variant).toBe('warning');
    expect(page.find(StatusTag, { testId: 'fit-birthday' }).props.variant).toBe('danger');
    expect(seen(page)).toContain('The currency is lost.');
    expect(seen(page)).toContain('Test it on a record.');
  });
});

describe('editing', () => {
  /** Opens a row's panel and makes it an expression. */
  async function express(page: TestPage, text: string): Promise<void> {
    press(page, 'Change', 1);
    await page.waitFor(() => expect(buttons(page, 'Keep')).toHaveLength(1));
    choose(page, 'ToggleGroup', 'Filled from', 'expression');
    await page.waitFor(() => expect(props(page, 'TextArea', { name: 'toHubspot' })['value']).toBe('city'));
    act(page, 'TextArea', { name: 'toHubspot' }, 'onInput', text);
    await page.waitFor(() => expect(props(page, 'TextArea', { name: 'toHubspot' })['value']).toBe(text));
  }

  test('what is changed is checked, kept apart, and saved under its version', async () => {
    const { page, backend } = await mappings(mapping(), mapping({ version: 2, isDefault: false }));
    backend.on(SAVE, () => ({ version: 2 }));
    await express(page, 'city|upper');
    press(page, 'Keep');
    await shows(page, 'There are changes that are not saved yet.');
    await page.waitFor(() => expect(backend.to(CHECK)).toHaveLength(1));
    await page.waitFor(() => expect(button(page, 'Save mapping').props?.['loading']).toBe(false));
    press(page, 'Save mapping');
    await shows(page, 'Changed by you');
    const { body } = backend.to(SAVE)[0] as { body: Record<string, unknown> };
    expect(body).toMatchObject({ flowId: 'f1', version: 1 });
    const rows = (body['rows'] as Record<string, object[]>)['person'] as object[];
    expect(rows[1]).toMatchObject({ id: 'city', property: 'city', field: null, toHubspot: 'city|upper' });
  });

  test('a fault is named at its row, and keeps the mapping from being saved', async () => {
    const { page, backend } = await mappings(mapping());
    backend.on(CHECK, () => checked({ faults: [{ rowId: 'city', where: 'toHubspot', message: 'the bracket is not closed' }] }));
    await express(page, 'upper(city');
    press(page, 'Keep');
    await shows(page, 'Wrong the bracket is not closed');
    expect(button(page, 'Save mapping').props?.['disabled']).toBe(true);
    press(page, 'Discard changes');
    await page.waitFor(() => expect(seen(page)).not.toContain('the bracket is not closed'));
  });

  test('an expression is tried on a live record: both sides before and after', async () => {
    const { page, backend } = await mappings(mapping());
    const rows = [
      { rowId: 'city', erpBefore: 'Solna', erpAfter: null, hubspotBefore: '', hubspotAfter: 'SOLNA' },
      { rowId: 'email', erpBefore: 'a@b', erpAfter: null, hubspotBefore: 'a@b', hubspotAfter: 'a@b' },
    ];
    backend.on(CHECK, () => checked({ sample: { erpId: '42', objectId: '501', rows } }));
    await express(page, 'city|upper');
    type(page, 'Record id', '42');
    await page.waitFor(() => expect(buttons(page, 'Test').at(-1)?.props?.['disabled']).toBe(false));
    press(page, 'Test');
    await shows(page, 'Solna stays – → SOLNA');
    expect(overlayText(page, 'row-person-city')).not.toContain('a@b');
    expect(backend.to(CHECK)[0]?.body).toMatchObject({ target: 'person', sample: { side: 'erp', id: '42' } });
  });

  test('a new row offers what is free and can be written, and only fields that can fit', async () => {
    const { page } = await mappings(mapping());
    press(page, 'Add a row');
    await page.waitFor(() => {
      const free = props(page, 'Select', { name: 'property' })['options'] as { value: string }[];
      expect(free.map((option) => option.value)).toEqual(['', 'birthday']);
    });
    choose(page, 'Select', 'HubSpot property', 'birthday');
    await page.waitFor(() => {
      const fields = props(page, 'Select', { name: 'field' })['options'] as { value: string }[];
      expect(fields.map((option) => option.value)).toEqual(['', 'city']);
    });
    expect(button(page, 'Keep').props?.['disabled']).toBe(true);
    choose(page, 'Select', 'NetSuite field', 'city');
    await page.waitFor(() => expect(button(page, 'Keep').props?.['disabled']).toBe(false));
    press(page, 'Keep');
    await shows(page, 'Label birthday');
  });

  test('a row that matching needs cannot be removed, any other can', async () => {
    const { page } = await mappings(mapping());
    press(page, 'Change', 0);
    await page.waitFor(() => expect(buttons(page, 'Keep')).toHaveLength(1));
    expect(buttons(page, 'Remove this row')).toHaveLength(0);
    press(page, 'Change', 1);
    await page.waitFor(() => expect(buttons(page, 'Remove this row')).toHaveLength(1));
    press(page, 'Remove this row');
    await page.waitFor(() => expect(seen(page)).not.toContain('Label city city ← to HubSpot'));
  });

  test('somebody else saved meanwhile: says so and overwrites nothing', async () => {
    const { page, backend } = await mappings(mapping());
    backend.on(SAVE, () => new Response(JSON.stringify({ title: 'Conflict', detail: 'x' }), { status: 409 }));
    await express(page, 'city|upper');
    press(page, 'Keep');
    await page.waitFor(() => expect(button(page, 'Save mapping').props?.['loading']).toBe(false));
    press(page, 'Save mapping');
    await shows(page, 'Load the page again to see how it is now.');
    expect(seen(page)).toContain('There are changes that are not saved yet.');
  });
});

describe('value tables', () => {
  test('values without a line are listed and counted, and become lines', async () => {
    const { page, backend } = await mappings(mapping());
    backend.on(CHECK, () => checked({ unmatched: [{ table: 'countries', value: 'NO', count: 12 }] }));
    press(page, 'Look for values without a line');
    await shows(page, 'countries: “NO”, 12 times');
    press(page, 'Change', 2);
    await page.waitFor(() => expect(buttons(page, 'Add a line for 1 value')).toHaveLength(1));
    press(page, 'Add a line for 1 value');
    await page.waitFor(() => expect(props(page, 'Input', { name: 'erp-1' })['value']).toBe('NO'));
    type(page, 'HubSpot, line 2', 'Norway');
    type(page, 'NetSuite, line 2', 'SE');
    await shows(page, '“SE” has two lines.');
    type(page, 'NetSuite, line 2', 'NO');
    await page.waitFor(() => expect(button(page, 'Keep').props?.['disabled']).toBe(false));
    press(page, 'Keep');
    await shows(page, 'There are changes that are not saved yet.');
  });
});

describe('as a file', () => {
  test('export shows the document and copies it', async () => {
    const { page, backend } = await mappings(mapping());
    backend.on('/api/settings/mappings/file', () => ({ version: 1, targets: [] }));
    press(page, 'Export');
    await page.waitFor(() => expect(props(page, 'TextArea', { name: 'file' })['value']).toContain('"targets": []'));
    press(page, 'Copy');
    await page.waitFor(() => expect(page.mocks.actions.copyTextToClipboard.calls).toHaveLength(1));
  });

  test('import compares first, applies then; what is no JSON is refused here', async () => {
    const { page, backend } = await mappings(mapping(), mapping({ version: 2, isDefault: false }));
    backend
      .on('/api/settings/mappings/compare', () => ({
        differences: [{ what: 'changed', target: 'person', row: 'city', table: null, parts: ['winner'] }],
        faults: [],
      }))
      .on('/api/settings/mappings/import', () => ({ version: 2 }));
    press(page, 'Import');
    await page.waitFor(() => expect(buttons(page, 'Compare')).toHaveLength(1));
    act(page, 'TextArea', { name: 'import' }, 'onInput', 'hello');
    await shows(page, 'That is not JSON.');
    act(page, 'TextArea', { name: 'import' }, 'onInput', '{"targets":[]}');
    await page.waitFor(() => expect(button(page, 'Compare').props?.['disabled']).toBe(false));
    press(page, 'Compare');
    await shows(page, 'Changed: person › city › winner');
    press(page, 'Apply');
    await shows(page, 'Changed by you');
    expect(backend.to('/api/settings/mappings/import')[0]?.body).toMatchObject({ version: 1, file: { targets: [] } });
  });

  test('back to the defaults asks first', async () => {
    const { page, backend } = await mappings(mapping({ isDefault: false }), mapping());
    backend.on('/api/settings/mappings/reset', () => ({}));
    press(page, 'Back to the defaults');
    await shows(page, 'Your rows and tables of this mapping are dropped');
    expect(backend.to('/api/settings/mappings/reset')).toEqual([]);
    press(page, 'Back to the defaults', 1);
    await page.waitFor(() => expect(backend.to('/api/settings/mappings/reset')).toHaveLength(1));
  });
});

describe('fields', () => {
  test('what can never fit is not offered', () => {
    expect(canFill(field('a', 'money'), field('b', 'number'))).toBe(true);
    expect(canFill(field('a', 'flag'), field('b', 'date'))).toBe(false);
    expect(canFill(field('a'), field('b', 'text', { readOnly: true }))).toBe(false);
  });

  test('a search goes by label, name and kind, shows at most 50, and keeps what is chosen', () => {
    const fields = [field('email', 'email'), ...Array.from({ length: 80 }, (_, index) => field(`custom_${index}`))];
    expect(search(fields, 'EMAIL', null).fields.map((one) => one.name)).toEqual(['email']);
    const found = search(fields, 'custom', 'email');
    expect([found.fields[0]?.name, found.fields.length, found.more]).toEqual(['email', 51, 30]);
  });

  test('a new row’s id is never one that is taken', () => {
    expect(newRowId('city', [mappingRow('city'), mappingRow('city_2')])).toBe('city_3');
  });
});
