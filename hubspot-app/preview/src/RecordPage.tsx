import type { Catalogue, Choice } from './catalogue.ts';
import { ExtensionFrame } from './ExtensionFrame.tsx';

const TYPES: Record<string, { one: string; many: string }> = {
  '0-1': { one: 'Contact', many: 'Contacts' },
  '0-2': { one: 'Company', many: 'Companies' },
  '0-3': { one: 'Deal', many: 'Deals' },
};

const LABELS: Record<string, string> = {
  email: 'Email',
  hs_additional_emails: 'Additional emails',
  phone: 'Phone number',
  mobilephone: 'Mobile phone number',
  fax: 'Fax number',
  salutation: 'Salutation',
  jobtitle: 'Job title',
  company: 'Company name',
  website: 'Website URL',
  address: 'Street address',
  address2: 'Street address 2',
  state: 'State/Region',
  zip: 'Postal code',
  ledgercard_key: 'Ledgercard key',
  domain: 'Company domain name',
  city: 'City',
  country: 'Country/Region',
  amount: 'Amount',
  dealstage: 'Deal stage',
  closedate: 'Close date',
  pipeline: 'Pipeline',
};

/** In the head of the page already, or of no interest to people. */
const UNSHOWN = ['hs_object_id', 'firstname', 'lastname', 'name', 'dealname'];

/** A record's page laid out as in HubSpot: properties, the middle column with tabs, the right sidebar. */
export function RecordPage({ catalogue, choice }: { catalogue: Catalogue; choice: Choice }) {
  const { record, place } = choice;
  const type = TYPES[record.objectTypeId] ?? { one: record.objectTypeId, many: record.objectTypeId };
  return (
    <div className={`record record-${place}`}>
      <aside className="record-left" aria-label="About this record">
        <p className="crumb">{type.many}</p>
        <div className="record-head">
          <span className="avatar" aria-hidden="true">
            {initials(record.name)}
          </span>
          <h1>{record.name}</h1>
        </div>
        <h2 className="section-title">{`About this ${type.one.toLowerCase()}`}</h2>
        <dl className="properties">
          {shown(record.properties).map(([name, value]) => (
            <div key={name}>
              <dt>{LABELS[name] ?? name}</dt>
              <dd>{value === '' ? '--' : value}</dd>
            </div>
          ))}
        </dl>
        <p className="hint">{record.hint}</p>
      </aside>
      {place === 'sidebar' ? null : (
        <main className="record-middle" aria-label="Middle column">
          <div className="tabs" aria-hidden="true">
            <span>Overview</span>
            <span>Activities</span>
            <span className="tab-current">Invoices</span>
          </div>
          <section className="card" aria-label="Invoices, tab card">
            <h2 className="card-title">Invoices</h2>
            <ExtensionFrame catalogue={catalogue} choice={choice} location="crm.record.tab" />
          </section>
        </main>
      )}
      {place === 'tab' ? null : (
        <aside className="record-right" aria-label="Right sidebar">
          <section className="card" aria-label="Invoices, sidebar card">
            <h2 className="card-title">Invoices</h2>
            <ExtensionFrame catalogue={catalogue} choice={choice} location="crm.record.sidebar" />
          </section>
        </aside>
      )}
    </div>
  );
}

function shown(properties: Record<string, string>): [string, string][] {
  return Object.entries(properties).filter(([name]) => !UNSHOWN.includes(name));
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}
