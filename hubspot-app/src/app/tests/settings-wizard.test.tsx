import { Link, StepIndicator } from '@hubspot/ui-extensions';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Backend } from './support/backend.ts';
import { NOW } from './support/answers.ts';
import { checklist, connection, draft, item, settings } from './support/settings-answers.ts';
import { buttons, choose, press, primaries, props, renderSettings, settingsAre, submit, type } from './support/settings.tsx';
import type { TestPage } from './support/settings.tsx';
import { seen, shows } from './support/text.ts';

const DRAFTS = '/api/settings/netsuite/drafts';
const CONNECT = '/api/settings/netsuite/connect';
const SIGN_IN = '/api/settings/netsuite/sign-in';
const CERTIFICATE = '/api/settings/netsuite/certificate';
const TEST = '/api/settings/connections/test';

const UNASKED = checklist(
  [item('rest', { finding: 'cannot_be_asked' }), item('script', { finding: 'not_needed', required: false })],
  { state: 'not_asked', askedAt: null },
);

function fresh(...answers: object[]): Backend {
  const backend = settingsAre(new Backend(), ...(answers.length === 0 ? [settings({ connections: [] })] : answers));
  return backend.on('/api/settings/checklist', () => UNASKED).on(DRAFTS, () => ({ draft: draft() }));
}

const step = (page: TestPage) => page.find(StepIndicator).props.currentStep;
const isReady = (page: TestPage) => props(page, 'Button', { variant: 'primary' })['disabled'] !== true;

/** Up to the account, with the set-up confirmed. */
async function toAccount(): Promise<TestPage> {
  const page = renderSettings();
  await shows(page, 'No ERP is connected');
  press(page, 'Connect NetSuite');
  await shows(page, 'Feature rest');
  confirm(page, true);
  await page.waitFor(() => expect(isReady(page)).toBe(true));
  press(page, 'Next');
  await page.waitFor(() => expect(step(page)).toBe(1));
  return page;
}

function confirm(page: TestPage, on: boolean): void {
  (props(page, 'Checkbox', { name: 'confirmed' })['onChange'] as (on: boolean, value: string) => void)(on, 'confirmed');
}

async function toCertificate(): Promise<TestPage> {
  const page = await toAccount();
  type(page, 'Account id', ' 1234567_sb1 ');
  type(page, 'Name', 'Test account');
  await shows(page, 'This is a sandbox account.');
  submit(page);
  await page.waitFor(() => expect(step(page)).toBe(2));
  return page;
}

async function toSignIn(): Promise<TestPage> {
  const page = await toAccount();
  type(page, 'Account id', '1234567');
  type(page, 'Name', 'Chinook');
  choose(page, 'ToggleGroup', 'How to connect', 'sign_in');
  await page.waitFor(() => expect(buttons(page, 'Next')).toHaveLength(1));
  submit(page);
  await page.waitFor(() => expect(step(page)).toBe(2));
  return page;
}

afterEach(() => vi.useRealTimers());

describe('connecting NetSuite', () => {
  test('NS-10: the set-up is confirmed before anything else; without it there is no way on', async () => {
    fresh();
    const page = renderSettings();
    await shows(page, 'No ERP is connected');
    press(page, 'Connect NetSuite');
    await shows(page, 'Feature rest Setup > rest');
    expect(seen(page)).toContain('Feature script Not needed');
    expect(seen(page)).not.toMatch(/Proved|Refused/);
    expect(isReady(page)).toBe(false);
    confirm(page, true);
    await page.waitFor(() => expect(isReady(page)).toBe(true));
    confirm(page, false);
    await page.waitFor(() => expect(isReady(page)).toBe(false));
  });

  test('a list that does not load can be asked for again', async () => {
    let asked = 0;
    fresh().on('/api/settings/checklist', () => (asked++ === 0 ? new Response('', { status: 503 }) : UNASKED));
    const page = renderSettings();
    await shows(page, 'No ERP is connected');
    press(page, 'Connect NetSuite');
    await shows(page, 'The list could not be loaded');
    expect(isReady(page)).toBe(false);
    press(page, 'Try again');
    await shows(page, 'Feature rest');
  });

  test('account ids that cannot be, and a missing name, are refused where they stand', async () => {
    const backend = fresh();
    const page = await toAccount();
    for (const wrong of ['', 'my account', 'https://evil.example', '1234567_XX1', '1234567.app']) {
      type(page, 'Account id', wrong);
      submit(page);
      await shows(page, 'An account id has letters and digits only');
    }
    expect(seen(page)).toContain('Give it a name.');
    for (const right of ['1234567', 'TSTDRV1234567', '1234567-sb2', '1234567_RP', ' 1234567_SB1 ']) {
      type(page, 'Account id', right);
      await page.waitFor(() => expect(seen(page)).not.toContain('An account id has letters'));
    }
    expect(backend.to(DRAFTS)).toHaveLength(0);
  });

  test('what the backend says of an account id is shown', async () => {
    const problem = { type: 'about:blank', title: 'Bad', status: 422, detail: 'Account 1234567_SB1 is connected already.', requestId: 'r' };
    fresh().on(DRAFTS, () => new Response(JSON.stringify(problem), { status: 422 }));
    const page = await toAccount();
    type(page, 'Account id', '1234567_SB1');
    type(page, 'Name', 'x');
    await page.waitFor(() => expect(props(page, 'Input', { label: 'Name' })['value']).toBe('x'));
    submit(page);
    await shows(page, 'Account 1234567_SB1 is connected already.');
    expect(step(page)).toBe(1);
  });

  test('certificate: made for the account, shown with its click path, and connected', async () => {
    const backend = fresh(settings({ connections: [] }), settings({ connections: [], drafts: [draft()] }));
    backend.on(CONNECT, () => ({
      result: 'connected',
      connectionId: 'c9',
      checklist: checklist([item('rest'), item('find', { finding: 'refused' })]),
    }));
    const page = await toCertificate();
    expect(backend.to(DRAFTS)[0]?.body).toMatchObject({ accountId: '1234567_sb1', name: 'Test account' });
    expect(backend.to(DRAFTS)[0]?.body).not.toHaveProperty('connectionId');
    expect(seen(page)).toContain('OAuth 2.0 Client Credentials (M2M) Setup');
    expect(props(page, 'TextArea', {})['value']).toBe(draft().certificatePem);
    expect(seen(page)).toContain('Valid until Nov 20, 2028');
    expect(primaries(page)).toEqual(['Test and connect']);

    submit(page);
    await shows(page, 'Fill this in.');
    type(page, 'Client id', ' abc ');
    type(page, 'Certificate id', 'id-1');
    await page.waitFor(() => expect(seen(page)).not.toContain('Fill this in.'));
    submit(page);
    await shows(page, 'Test account is connected');
    expect(backend.to(CONNECT)[0]?.body).toMatchObject({ draftId: 'd1', clientId: 'abc', certificateId: 'id-1', confirmed: true });
    expect(seen(page)).toContain('1 prerequisite is refused. Mend it in NetSuite and check again.');

    backend.on(TEST, () => checklist([item('rest'), item('find')]));
    press(page, 'Check again');
    await shows(page, 'Proved Feature find');
    press(page, 'Done');
    await shows(page, 'HubSpot account');
  });

  const REFUSALS = [
    ['client_unknown', 'does not know this client id'],
    ['certificate_unknown', 'does not know this certificate id'],
    ['clock_skew', 'The operator sets the server’s clock.'],
    ['not_permitted', 'lacks the permission “REST Web Services”'],
    ['unavailable', 'Try again in a while'],
    ['broken', 'could not be understood'],
    ['other_account', 'Check the account id.'],
  ] as const;
  for (const [code, text] of REFUSALS) {
    test(`refused (${code}): says what to do, keeps what was typed, and a next try is a new action`, async () => {
      const permission = code === 'not_permitted' ? 'REST Web Services' : null;
      const backend = fresh().on(CONNECT, () => ({ result: 'refused', code, permission, detail: 'more' }));
      const page = await toCertificate();
      type(page, 'Client id', 'abc');
      type(page, 'Certificate id', 'id-1');
      await page.waitFor(() => expect(props(page, 'Input', { label: 'Certificate id' })['value']).toBe('id-1'));
      submit(page);
      await shows(page, text);
      expect(props(page, 'Input', { label: 'Client id' })['value']).toBe('abc');
      submit(page);
      await page.waitFor(() => expect(backend.to(CONNECT)).toHaveLength(2));
      expect(new Set(backend.to(CONNECT).map((call) => call.body['idempotencyKey'])).size).toBe(2);
    });
  }

  test('the download is a link of its own that goes away with its minute', async () => {
    const url = 'https://ledgercard.example/window/t1';
    const backend = fresh().on(CERTIFICATE, () => ({ url, expiresAt: Date.now() + 60_000 }));
    const page = await toCertificate();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    press(page, 'Download certificate');
    await vi.waitFor(() => expect(props(page, 'Button', { variant: 'secondary' })['href']).toEqual({ url, external: true }));
    expect(backend.to(CERTIFICATE)[0]?.body).toMatchObject({ draftId: 'd1' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen(page)).toContain('The link has ended.');
    expect(buttons(page, 'Open the download')).toHaveLength(0);
    expect(buttons(page, 'Make a new link')).toHaveLength(1);
  });

  test('the certificate can be copied; where HubSpot does not allow it, the page says so', async () => {
    fresh();
    const page = await toCertificate();
    const { copyTextToClipboard, addAlert } = page.mocks.actions;
    press(page, 'Copy certificate');
    // Nothing is rendered anew, so the renderer's own waiting would see nothing.
    await vi.waitFor(() => expect(addAlert.calls[0]?.[0]).toMatchObject({ message: 'The certificate was copied' }));
    expect(copyTextToClipboard.calls).toEqual([[draft().certificatePem]]);
    copyTextToClipboard.willCall(() => Promise.reject(new Error('denied')));
    press(page, 'Copy certificate');
    await vi.waitFor(() => expect(addAlert.calls[1]?.[0]).toMatchObject({ type: 'warning' }));
  });

  test('sign-in: the window’s link, then looking whether a sign-in has arrived', async () => {
    const none = settings({ connections: [] });
    const signedIn = connection({ accountId: '1234567', method: 'sign_in', credentialsEndAt: NOW });
    const backend = fresh(none, none, settings({ connections: [signedIn] }));
    backend.on(SIGN_IN, () => ({ url: 'https://ledgercard.example/window/t2', expiresAt: Date.now() + 60_000 }));
    backend.on(TEST, () => checklist([item('rest')]));
    const page = await toSignIn();
    expect(props(page, 'Input', { name: 'redirect' })['value']).toBe('https://ledgercard.example/oauth/netsuite/callback');
    expect(props(page, 'Input', { name: 'clientSecret' })['type']).toBe('password');
    press(page, 'Go on to the sign-in');
    await shows(page, 'Fill this in.');
    expect(backend.to(SIGN_IN)).toHaveLength(0);
    expect(buttons(page, 'I have signed in')).toHaveLength(0);

    type(page, 'Client id', 'abc');
    type(page, 'Client secret', 'shh');
    await page.waitFor(() => expect(seen(page)).not.toContain('Fill this in.'));
    press(page, 'Go on to the sign-in');
    await page.waitFor(() => expect(primaries(page)).toEqual(['Sign in to NetSuite']));
    expect(backend.to(SIGN_IN)[0]?.body).toMatchObject({
      accountId: '1234567',
      name: 'Chinook',
      clientId: 'abc',
      clientSecret: 'shh',
      confirmed: true,
    });

    press(page, 'I have signed in');
    await shows(page, 'No sign-in has arrived yet');
    press(page, 'I have signed in');
    await shows(page, 'Chinook is connected');
    await shows(page, 'Proved Feature rest');
    expect(backend.to(TEST)[0]?.body).toMatchObject({ connectionId: 'c1' });
    expect(page.findAll(Link)).toHaveLength(0);
  });

  test('sign-in again: an old sign-in of the account does not count as a new one', async () => {
    const old = connection({ accountId: '1234567', method: 'sign_in', ends: 'ended', credentialsEndAt: NOW });
    const anew = connection({ accountId: '1234567', method: 'sign_in', credentialsEndAt: NOW + 7 });
    const backend = fresh(settings({ connections: [old] }), settings({ connections: [old] }), settings({ connections: [anew] }));
    backend.on(SIGN_IN, () => ({ url: 'https://ledgercard.example/window/t2', expiresAt: Date.now() + 60_000 }));
    backend.on(TEST, () => checklist([]));
    const page = renderSettings();
    await shows(page, 'The sign-in has ended');
    press(page, 'Sign in again');
    await page.waitFor(() => expect(step(page)).toBe(1));
    expect(props(page, 'Input', { label: 'Account id' })['readOnly']).toBe(true);
    submit(page);
    await page.waitFor(() => expect(step(page)).toBe(2));
    type(page, 'Client id', 'abc');
    type(page, 'Client secret', 'shh');
    await page.waitFor(() => expect(props(page, 'Input', { name: 'clientSecret' })['value']).toBe('shh'));
    press(page, 'Go on to the sign-in');
    await page.waitFor(() => expect(buttons(page, 'I have signed in')).toHaveLength(1));
    expect(backend.to(SIGN_IN)[0]?.body).toMatchObject({ connectionId: 'c1' });
    press(page, 'I have signed in');
    await shows(page, 'No sign-in has arrived yet');
    press(page, 'I have signed in');
    await shows(page, 'Chinook is connected');
  });

  test('a new certificate is made for the connection that exists', async () => {
    const backend = fresh(settings());
    const page = renderSettings();
    await shows(page, 'NetSuite Chinook');
    press(page, 'Make a new certificate');
    await shows(page, 'New certificate for Chinook');
    expect(seen(page)).not.toContain('How to connect');
    expect(props(page, 'Input', { label: 'Name' })['readOnly']).toBe(true);
    submit(page);
    await page.waitFor(() => expect(step(page)).toBe(2));
    expect(backend.to(DRAFTS)[0]?.body).toMatchObject({ accountId: 'TSTDRV4711', connectionId: 'c1' });
  });

  test('what was disconnected is connected again as the same connection', async () => {
    const gone = connection({ status: 'disconnected', ends: null, credentialsEndAt: null });
    const backend = fresh(settings({ connections: [gone] }));
    const page = renderSettings();
    await shows(page, 'The credentials are erased.');
    press(page, 'Reconnect');
    await shows(page, 'How to connect');
    submit(page);
    await page.waitFor(() => expect(step(page)).toBe(2));
    expect(seen(page)).toContain('Reconnect Chinook');
    expect(backend.to(DRAFTS)[0]?.body).toMatchObject({ connectionId: 'c1' });
  });

  test('what was typed stays while another tab is looked at', async () => {
    fresh().on('/api/settings/people', () => ({ state: 'ready', users: [], teams: [], complete: true }));
    const page = await toCertificate();
    type(page, 'Client id', 'abc');
    const tabs = () => props(page, 'Tabs', {})['onSelectedChange'] as (id: string) => void;
    tabs()('permissions');
    await shows(page, 'Who may see invoices');
    tabs()('connection');
    await page.waitFor(() => expect(props(page, 'Input', { label: 'Client id' })['value']).toBe('abc'));
  });
});
