import { Alert, Panel, Tag } from '@hubspot/ui-extensions';
import { describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '@ledgercard/shared';
import { NOW } from './support/answers.ts';
import { Backend } from './support/backend.ts';
import { checklist, connection, draft, item, NO_COUNTS, settings } from './support/settings-answers.ts';
import { buttons, press, props, renderSettings, settingsAre, type } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { seen, shows } from './support/text.ts';

const TEST = '/api/settings/connections/test';
const LEAVE = '/api/settings/leave';

function having(...connections: ConnectionSettings[]): Backend {
  return settingsAre(new Backend(), settings({ connections }));
}

async function shown(backend: Backend): Promise<{ backend: Backend; page: TestPage }> {
  const page = renderSettings();
  await shows(page, 'ERP connections');
  return { backend, page };
}

const alerts = (page: TestPage) => page.findAll(Alert).map((alert) => [alert.props.variant, alert.props.title]);

describe('a connection', () => {
  test('says account, method, last good call, end of credentials and what is kept', async () => {
    const { page } = await shown(having(connection({ baseCurrency: 'USD' })));
    expect(seen(page)).toContain(
      'NetSuite Chinook production Valid Account id TSTDRV4711 Connected by Certificate Last good call Nov 21, 2026, 2:03 PM',
    );
    expect(seen(page)).toContain('Credentials end Dec 26, 2027, 2:03 PM Base currency USD Attached invoices 12 Links 3');
    expect(alerts(page)).toEqual([]);
  });

  test('a sandbox account is marked as one', async () => {
    const { page } = await shown(having(connection({ environment: 'sandbox' })));
    expect(page.find(Tag).props.variant).toBe('warning');
    expect(page.find(Tag).text).toBe('sandbox');
  });

  const WHYS: [ConnectionSettings['health']['why'], string][] = [
    ['reconnect', 'NetSuite no longer accepts our credentials.'],
    ['no_permission', 'lacks the permission “Find Transaction”'],
    ['throttled', 'takes no more requests for now'],
    ['unavailable', 'cannot be reached at the moment'],
    ['broken', 'could not be understood'],
  ];
  for (const [why, text] of WHYS) {
    test(`not valid (${why}): says why and what to do`, async () => {
      const permission = why === 'no_permission' ? 'Find Transaction' : null;
      const health = { state: 'invalid', why, permission, lastGoodAt: null } as const;
      const { page } = await shown(having(connection({ health })));
      expect(seen(page)).toContain(text);
      expect(seen(page)).toContain('Last good call none yet');
      expect(alerts(page)).toEqual([['danger', 'Not valid']]);
    });
  }

  for (const [method, ends, variant, title, label] of [
    ['certificate', 'soon', 'warning', /^The certificate ends on/, 'Make a new certificate'],
    ['certificate', 'urgent', 'danger', /^The certificate ends very soon/, 'Make a new certificate'],
    ['certificate', 'ended', 'danger', /^The certificate has ended/, 'Make a new certificate'],
    ['sign_in', 'soon', 'warning', /^The sign-in ends on/, 'Sign in again'],
    ['sign_in', 'ended', 'danger', /^The sign-in has ended/, 'Sign in again'],
  ] as const) {
    test(`${method}, ${ends}: warned of, with the button that renews it`, async () => {
      const { page } = await shown(having(connection({ method, ends, credentialsEndAt: NOW })));
      expect(alerts(page)).toEqual([[variant, expect.stringMatching(title)]]);
      expect(buttons(page, label)).toHaveLength(1);
      press(page, label);
      await shows(page, 'How this connection is called');
      expect(seen(page)).toContain(method === 'certificate' ? 'New certificate for Chinook' : 'Reconnect Chinook');
    });
  }

  test('what is disconnected can be connected again and asked nothing', async () => {
    const { page } = await shown(having(connection({ status: 'disconnected', ends: null, credentialsEndAt: null })));
    expect(seen(page)).toContain('Attached invoices and links were kept');
    for (const label of ['Test connection', 'Check prerequisites', 'Pause', 'Resume', 'Make a new certificate']) {
      expect(buttons(page, label)).toHaveLength(0);
    }
    expect(buttons(page, 'Reconnect')).toHaveLength(1);
  });

  test('testing tells what came of it, and the settings are read anew', async () => {
    const backend = having(connection());
    backend.on(TEST, () => checklist([item('a'), item('b', { finding: 'refused', required: false })]));
    const { page } = await shown(backend);
    press(page, 'Test connection');
    await shows(page, 'Chinook answered: the connection works 1 prerequisite is refused');
    expect(backend.to(TEST)[0]?.body).toMatchObject({ connectionId: 'c1', idempotencyKey: expect.any(String) });
    await page.waitFor(() => expect(backend.to('/api/settings')).toHaveLength(2));
  });

  test('a test that lacks what is required does not say that the connection works', async () => {
    const backend = having(connection()).on(TEST, () => checklist([item('b', { finding: 'refused', required: true })]));
    const { page } = await shown(backend);
    press(page, 'Test connection');
    await shows(page, 'Chinook answered, but does not allow what is required 1 prerequisite is refused');
  });

  test('a test that NetSuite does not let through says why', async () => {
    const trouble = { code: 'reconnect', permission: null } as const;
    const { page } = await shown(having(connection()).on(TEST, () => checklist([], { state: 'trouble', trouble })));
    press(page, 'Test connection');
    await shows(page, 'Chinook could not be asked NetSuite no longer accepts our credentials.');
  });

  test('a test whose outcome is unknown goes out again under the same key', async () => {
    const backend = having(connection()).on(TEST, () => Promise.reject(new Error('offline')));
    const { page } = await shown(backend);
    press(page, 'Test connection');
    await shows(page, 'That did not work The call did not get through.');
    press(page, 'Test connection');
    await page.waitFor(() => expect(backend.to(TEST)).toHaveLength(2));
    expect(new Set(backend.to(TEST).map((call) => call.body['idempotencyKey'])).size).toBe(1);
  });

  test('pausing and resuming', async () => {
    const backend = settingsAre(
      new Backend(),
      settings(),
      settings({ connections: [connection({ status: 'paused' })] }),
      settings(),
    ).on(LEAVE, (call) => ({ way: call.body['way'], erased: NO_COUNTS, remaining: 0, properties: null }));
    const { page } = await shown(backend);
    press(page, 'Pause');
    await shows(page, 'Nothing is read from this account');
    press(page, 'Resume');
    await page.waitFor(() => expect(buttons(page, 'Pause')).toHaveLength(1));
    expect(backend.to(LEAVE).map((call) => [call.body['way'], call.body['connectionId'], call.body['confirm']])).toEqual([
      ['pause', 'c1', ''],
      ['resume', 'c1', ''],
    ]);
  });

  test('renaming asks for a name and a currency of three letters', async () => {
    const CHANGE = '/api/settings/connections/change';
    const backend = having(connection()).on(CHANGE, () => ({ connection: connection({ name: 'Chinook AB' }) }));
    const { page } = await shown(backend);
    press(page, 'Rename');
    type(page, 'Name', 'Chinook AB');
    type(page, 'Base currency', 'euro');
    await shows(page, 'A currency has three letters');
    expect(props(page, 'LoadingButton', { variant: 'primary' })['disabled']).toBe(true);
    type(page, 'Base currency', 'eur');
    await page.waitFor(() => expect(props(page, 'LoadingButton', { variant: 'primary' })['disabled']).toBe(false));
    press(page, 'Save');
    await page.waitFor(() => expect(page.mocks.actions.closeOverlay.calls).toEqual([['rename-c1']]));
    expect(backend.to(CHANGE)[0]?.body).toMatchObject({ connectionId: 'c1', name: 'Chinook AB', baseCurrency: 'EUR' });
  });

  test('a refused change says what the backend says', async () => {
    const problem = { type: 'about:blank', title: 'Bad', status: 422, detail: 'EUX is no currency; take one of ISO 4217.', requestId: 'r1' };
    const backend = having(connection()).on(
      '/api/settings/connections/change',
      () => new Response(JSON.stringify(problem), { status: 422 }),
    );
    const { page } = await shown(backend);
    press(page, 'Rename');
    press(page, 'Save');
    await shows(page, 'EUX is no currency; take one of ISO 4217.');
  });
});

describe('the checklist of a connection', () => {
  const LIST = '/api/settings/checklist';

  test('is asked when it is opened; no tick without proof, and each line has its click path', async () => {
    const items = [
      item('rest'),
      item('find', { finding: 'refused' }),
      item('role', { finding: 'cannot_be_asked', required: false }),
      item('script', { finding: 'not_needed', required: false }),
    ];
    const backend = having(connection()).on(LIST, () => checklist(items));
    const { page } = await shown(backend);
    expect(backend.to(LIST)).toHaveLength(0);
    press(page, 'Check prerequisites');
    await shows(page, 'Proved Feature rest Setup > rest');
    expect(seen(page)).toContain('Refused Feature find Setup > find');
    expect(seen(page)).toContain('Confirm it yourself Feature role optional Setup > role');
    expect(seen(page)).toContain('Not needed Feature script Setup > script');
    expect(seen(page)).not.toContain('NS-0');
    expect(backend.to(LIST)[0]?.query.get('connectionId')).toBe('c1');
    const variantOf = (code: string) => props(page, 'StatusTag', { testId: `finding-${code}` })['variant'];
    expect(['rest', 'find', 'role', 'script'].map(variantOf)).toEqual(['success', 'danger', 'warning', 'default']);
  });

  test('after mending, “Check again” asks anew', async () => {
    let asked = 0;
    const backend = having(connection()).on(LIST, () =>
      checklist([item('find', { finding: asked++ === 0 ? 'refused' : 'proved' })]),
    );
    const { page } = await shown(backend);
    press(page, 'Check prerequisites');
    await shows(page, 'Refused Feature find');
    press(page, 'Check again');
    await shows(page, 'Proved Feature find');
    expect(page.findAll(Panel)).toHaveLength(1);
  });
});

describe('unfinished connections', () => {
  test('can be gone on with, or discarded', async () => {
    const REMOVE = '/api/settings/drafts/remove';
    const backend = settingsAre(new Backend(), settings({ drafts: [draft()] }), settings()).on(REMOVE, () => ({ removed: true }));
    const { page } = await shown(backend);
    expect(seen(page)).toContain('Unfinished connections');
    expect(seen(page)).toContain('Account 1234567_SB1, certificate made on Nov 21, 2026, 2:03 PM');
    press(page, 'Continue');
    await shows(page, 'Create New');
    press(page, 'Close');
    await shows(page, 'Unfinished connections');
    press(page, 'Discard');
    await page.waitFor(() => expect(seen(page)).not.toContain('Unfinished connections'));
    expect(backend.to(REMOVE)[0]?.body).toMatchObject({ draftId: 'd1' });
  });
});
