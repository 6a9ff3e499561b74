// Made-up answers of the card's endpoints, for working on components without a backend. No test relies on them.

const DAY = 86_400_000;
const day = (offset) => new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);
const money = (amount, currency) => ({ amount, currency });

export const connection = (state = 'live', trouble = null, age = 0) => ({
  id: 'c1',
  system: 'netsuite',
  systemName: 'NetSuite',
  name: 'Chinook AB',
  environment: 'production',
  freshness: { state, asOf: state === 'missing' ? null : Date.now() - age, trouble },
});

const CUSTOMERS = {
  luis: { id: '101', number: 'CUST101', name: 'Embraer - Empresa Brasileira de Aeronáutica S.A.' },
  leonie: { id: '102', number: 'CUST102', name: 'Leonie Köhler' },
};

const STATUSES = ['open', 'overdue', 'paid', 'partially_paid', 'paid', 'overdue', 'open', 'paid', 'voided', 'draft'];

export function invoice(index, { customer = 'luis', currency = 'USD', kind = 'invoice', basis = 'linked' } = {}) {
  const status = kind === 'credit_note' ? 'open' : STATUSES[index % STATUSES.length];
  const total = (13.86 * (index + 1)).toFixed(currency === 'JPY' ? 0 : 2);
  const paid = status === 'paid' ? total : status === 'partially_paid' ? (Number(total) / 4).toFixed(2) : '0.00';
  const late = status === 'overdue' ? 12 + index * 9 : 0;
  return {
    connectionId: 'c1',
    id: String(5000 + index),
    kind,
    number: kind === 'credit_note' ? `CM${1000 + index}` : `INV${1000 + index}`,
    date: day(-30 - index * 11),
    dueDate: kind === 'credit_note' ? null : day(-late + (late ? 0 : 14)),
    status,
    rawStatus: `CustInvc : ${status}`,
    daysOverdue: late,
    customer: CUSTOMERS[customer],
    total: money(total, currency),
    paid: money(paid, currency),
    remaining: money((Number(total) - Number(paid)).toFixed(currency === 'JPY' ? 0 : 2), currency),
    poNumber: index % 3 === 0 ? `PO-77${index}` : null,
    memo: index % 4 === 0 ? 'Balls to the Wall' : null,
    subsidiary: 'Parent Company',
    url: `https://1234567.app.netsuite.com/app/accounting/transactions/custinvc.nl?id=${5000 + index}`,
    basis,
    attachment: null,
  };
}

export const summaryOf = (rows) => {
  const currencies = [...new Set(rows.map((row) => row.total.currency))];
  return currencies.map((currency) => {
    const mine = rows.filter((row) => row.total.currency === currency);
    const sum = (pick) => money(mine.reduce((all, row) => all + pick(row), 0).toFixed(currency === 'JPY' ? 0 : 2), currency);
    const owed = (row) => (row.kind === 'invoice' ? Number(row.remaining.amount) : 0);
    const between = (from, to) => sum((row) => (row.daysOverdue >= from && row.daysOverdue <= to ? owed(row) : 0));
    return {
      currency,
      count: mine.length,
      open: sum((row) => (['open', 'overdue', 'partially_paid'].includes(row.status) ? owed(row) : 0)),
      overdue: between(1, 1e9),
      ageing: { days1To30: between(1, 30), days31To60: between(31, 60), days61To90: between(61, 90), over90: between(91, 1e9) },
      paid: sum((row) => Number(row.paid.amount)),
      credit: sum((row) => (row.kind === 'credit_note' ? Number(row.remaining.amount) : 0)),
    };
  });
};

export const suggestion = (index, via) => ({
  row: invoice(index, { basis: null }),
  reason: via.objectTypeId === '0-2' ? 'company_customer' : 'contact_customer',
  via,
});

export const candidates = [
  { connectionId: 'c1', id: '201', number: 'CUST201', name: 'Kara Nielsen', email: 'office@shared.example', inactive: false, url: 'https://1234567.app.netsuite.com/app/common/entity/custjob.nl?id=201' },
  { connectionId: 'c1', id: '202', number: 'CUST202', name: 'Emma Jones', email: 'office@shared.example', inactive: true, url: 'https://1234567.app.netsuite.com/app/common/entity/custjob.nl?id=202' },
];

const record = (objectTypeId, objectId, name, hint, tags, properties) => ({ objectTypeId, objectId, name, hint, tags, properties });

const ANN = [{ userId: '9001', email: 'ann@chinook.example', firstName: 'Ann', lastName: 'Andersson' }];

export const catalogue = {
  publicUrl: 'https://ledgercard.example',
  appId: '77',
  portals: [
    {
      portalId: '4711001',
      name: 'Chinook Music (demo)',
      timeZone: 'Europe/Stockholm',
      tags: [],
      users: [
        { userId: '9001', email: 'ann@chinook.example', firstName: 'Ann', lastName: 'Andersson', superAdmin: true },
        { userId: '9002', email: 'bruno+crm@chinook.example', firstName: 'Bruno', lastName: 'Bélanger' },
        { userId: '9003', email: 'chiara@chinook.example', firstName: 'Chiara', lastName: 'Conti' },
      ],
      records: [
        record('0-1', '501', 'Luís Gonçalves', 'linked customer, two pages', ['linked', 'page2'], { email: 'luisg@embraer.com.br', phone: '+55 (12) 3923-5555', city: 'São José dos Campos' }),
        record('0-1', '502', 'Leonie Köhler', 'matched by e-mail', ['matched'], { email: 'leonekohler@surfeu.de', phone: '+49 0711 2842222' }),
        record('0-1', '503', 'Two Currencies', 'USD and EUR', ['two_currencies'], { email: 'two@example.com', phone: '' }),
        record('0-1', '504', 'Shared Mailbox', 'two customers have this e-mail', ['ambiguous', 'shared_mailbox'], { email: 'office@shared.example', phone: '' }),
        record('0-1', '505', 'Nobody Yet', 'no customer', ['empty'], { email: 'nobody@example.com', phone: '' }),
        record('0-1', '506', 'Down and Stale', 'ERP down, old rows', ['stale'], { email: 'stale@example.com', phone: '' }),
        record('0-1', '507', 'No Permission', 'role lacks a right', ['no_permission'], { email: 'np@example.com', phone: '' }),
        record('0-1', '508', 'ERP Unavailable', 'nothing known', ['unavailable'], { email: 'un@example.com', phone: '' }),
        record('0-1', '509', 'Slow ERP', 'loading for three polls', ['slow'], { email: 'slow@example.com', phone: '' }),
        record('0-1', '510', 'Big Customer', '10,000 invoices', ['ten_thousand'], { email: 'big@example.com', phone: '' }),
        record('0-1', '511', 'May Not Attach', 'user may see, not attach', ['no_attach'], { email: 'look@example.com', phone: '' }),
        record('0-1', '512', 'May Not See', 'user may not see invoices', ['no_see'], { email: 'nolook@example.com', phone: '' }),
        record('0-2', '601', 'Embraer S.A.', 'company with suggestions', ['company'], { domain: 'embraer.com.br', phone: '+55 (12) 3923-5555' }),
        record('0-3', '701', 'Renewal 2026', 'deal with suggestions', ['deal'], { amount: '12,000.00', dealstage: 'Contract sent' }),
      ],
    },
    {
      portalId: '4711002',
      name: 'No ERP yet',
      timeZone: 'America/New_York',
      tags: ['no_connection'],
      users: ANN,
      records: [
        record('0-1', '801', 'Frank Harris', 'portal without a connection', ['no_connection'], { email: 'fharris@google.com', phone: '' }),
        record('0-1', '802', 'Consent Needed', 'HubSpot wants consent again', [], { email: 'consent@example.com', phone: '' }),
      ],
    },
    ...[
      ['4711003', 'Fresh portal', 'not_installed'],
      ['4711004', 'Everything is wrong', 'trouble'],
      ['4711005', 'User may not', 'not_allowed'],
    ].map(([portalId, name, tag]) => ({
      portalId,
      name,
      timeZone: 'Europe/Stockholm',
      tags: [tag],
      installed: tag !== 'not_installed',
      users: ANN,
      records: [record('0-1', '801', 'Frank Harris', 'for the settings page', [tag], { email: 'fharris@google.com', phone: '' })],
    })),
  ],
};
