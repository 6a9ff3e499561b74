import type { ReactNode } from 'react';
import type { Catalogue, Choice, Place } from './catalogue.ts';

interface PickerProps {
  catalogue: Catalogue;
  choice: Choice;
  onChoose: (choice: Choice) => void;
}

const TYPE_NAMES: Record<string, string> = { '0-1': 'Contact', '0-2': 'Company', '0-3': 'Deal' };

/** What to look at, and what this page is. */
export function Picker({ catalogue, choice, onChoose }: PickerProps) {
  const { portal, record, user } = choice;
  return (
    <header className="picker">
      <div className="picker-row">
        <strong className="picker-name">Ledgercard preview</strong>
        <Choose
          label="Portal"
          value={portal.portalId}
          options={catalogue.portals.map((one) => [
            one.portalId,
            one.installed === false ? `${one.name} (app not installed)` : one.name,
          ])}
          onChange={(portalId) =>
            onChoose(chosenPortal(catalogue, choice, portalId))
          }
        />
        <Choose
          label="Record"
          wide
          value={`${record.objectTypeId}/${record.objectId}`}
          options={portal.records.map((one) => [
            `${one.objectTypeId}/${one.objectId}`,
            `${TYPE_NAMES[one.objectTypeId] ?? one.objectTypeId}: ${one.name} – ${one.hint}`,
          ])}
          onChange={(key) => {
            const next = portal.records.find((one) => `${one.objectTypeId}/${one.objectId}` === key);
            onChoose({ ...choice, record: next ?? record });
          }}
        />
        <Choose
          label="User"
          value={user.userId}
          options={portal.users.map((one) => [
            one.userId,
            `${one.firstName} ${one.lastName}${one.superAdmin === true ? ' (super admin)' : ''}`,
          ])}
          onChange={(userId) =>
            onChoose({ ...choice, user: portal.users.find((one) => one.userId === userId) ?? user })
          }
        />
        <Choose
          label="Language"
          value={choice.locale}
          options={[
            ['en', 'English'],
            ['de', 'Deutsch'],
            ['es', 'Español'],
            ['fr', 'Français'],
            ['ja', '日本語'],
          ]}
          onChange={(locale) => onChoose({ ...choice, locale })}
        />
        <Choose
          label="Show"
          wide
          value={choice.place}
          options={[
            ['both', 'card in tab and sidebar'],
            ['tab', 'card in tab'],
            ['sidebar', 'card in sidebar'],
            ['settings', 'Connected apps > Ledgercard'],
          ]}
          onChange={(place) => onChoose({ ...choice, place: place as Place })}
        />
      </div>
      <Disclaimer>
        This is not HubSpot. It runs the unmodified production bundles of the card and of the settings page in a Web
        Worker and draws HubSpot’s components as plain HTML; the records are made up.
      </Disclaimer>
    </header>
  );
}

function chosenPortal(catalogue: Catalogue, choice: Choice, portalId: string): Choice {
  const portal = catalogue.portals.find((one) => one.portalId === portalId) ?? choice.portal;
  return {
    ...choice,
    portal,
    record: portal.records[0] ?? choice.record,
    // The same person may be a user of both portals.
    user: portal.users.find((one) => one.userId === choice.user.userId) ?? portal.users[0] ?? choice.user,
  };
}

function Disclaimer({ children }: { children: ReactNode }) {
  return (
    <details className="disclaimer">
      <summary>A preview, not HubSpot: what it cannot prove</summary>
      <p>{children}</p>
      <ul>
        <li>HubSpot’s real look, spacing and widths</li>
        <li>that an upload is accepted: HubSpot’s own schemas are not public</li>
        <li>that HubSpot’s own address of the connected apps is the one that the card links to</li>
        <li>details of the Response that HubSpot’s proxy hands to a card in production</li>
        <li>HubSpot’s rate limits, and the order of the fields that it adds before signing</li>
      </ul>
    </details>
  );
}

interface ChooseProps {
  label: string;
  value: string;
  options: [value: string, text: string][];
  onChange: (value: string) => void;
  wide?: boolean;
}

function Choose({ label, value, options, onChange, wide = false }: ChooseProps) {
  return (
    <label className={wide ? 'choose choose-wide' : 'choose'}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
