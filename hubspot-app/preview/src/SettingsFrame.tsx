import type { Catalogue, Choice } from './catalogue.ts';
import { ExtensionFrame } from './ExtensionFrame.tsx';

interface SettingsFrameProps {
  catalogue: Catalogue;
  choice: Choice;
  onRecord: () => void;
}

/** The app's settings page laid out as in HubSpot: Settings > Integrations > Connected apps > Ledgercard. */
export function SettingsFrame({ catalogue, choice, onRecord }: SettingsFrameProps) {
  return (
    <div className="record record-settings">
      <nav className="record-left" aria-label="Settings">
        <button type="button" className="crumb crumb-button" onClick={onRecord}>
          Back to the record
        </button>
        <h2 className="settings-title">Settings</h2>
        <p className="settings-group">Integrations</p>
        <ul className="settings-list">
          <li aria-current="page">Connected apps</li>
        </ul>
        <p className="hint">{`${choice.portal.name}, portal ${choice.portal.portalId}`}</p>
      </nav>
      <main className="record-middle" aria-label="Settings of Ledgercard">
        <p className="crumb crumb-path">Connected apps</p>
        <div className="settings-head">
          <span className="avatar app-logo" aria-hidden="true">
            L
          </span>
          <h1>Ledgercard</h1>
        </div>
        <section className="card" aria-label="Ledgercard settings">
          <h2 className="sr-only">Settings of Ledgercard</h2>
          <ExtensionFrame catalogue={catalogue} choice={choice} location="settings" />
        </section>
      </main>
    </div>
  );
}
