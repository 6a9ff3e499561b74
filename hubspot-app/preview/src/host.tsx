import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { addressOf, chosen, readCatalogue } from './catalogue.ts';
import type { Catalogue, Choice } from './catalogue.ts';
import { Picker } from './Picker.tsx';
import { HomeProvider } from './home.tsx';
import { RecordPage } from './RecordPage.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';
import { Toasts } from './Toasts.tsx';

function Preview({ catalogue }: { catalogue: Catalogue }) {
  const [choice, setChoice] = useState<Choice>(() =>
    chosen(catalogue, new URLSearchParams(document.location.search)),
  );
  useEffect(() => {
    history.replaceState(null, '', addressOf(choice));
    document.documentElement.lang = choice.locale;
  }, [choice]);
  return (
    <>
      <Picker catalogue={catalogue} choice={choice} onChoose={setChoice} />
      <HomeProvider catalogue={catalogue} onSettings={() => setChoice({ ...choice, place: 'settings' })}>
        {choice.place === 'settings' ? (
          <SettingsFrame
            key={addressOf(choice)}
            catalogue={catalogue}
            choice={choice}
            onRecord={() => setChoice({ ...choice, place: 'both' })}
          />
        ) : (
          <RecordPage key={addressOf(choice)} catalogue={catalogue} choice={choice} />
        )}
      </HomeProvider>
      <Toasts />
    </>
  );
}

const place = document.getElementById('preview');
if (place === null) {
  throw new Error('index.html has no element with the id "preview"');
}
const root = createRoot(place);
readCatalogue().then(
  (catalogue) => root.render(<Preview catalogue={catalogue} />),
  (error: unknown) => root.render(<p className="crash">{String(error)}</p>),
);
