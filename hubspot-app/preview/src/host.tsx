import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { addressOf, chosen, readCatalogue } from './catalogue.ts';
import type { Catalogue, Choice } from './catalogue.ts';
import { Picker } from './Picker.tsx';
import { RecordPage } from './RecordPage.tsx';
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
      <RecordPage key={addressOf(choice)} catalogue={catalogue} choice={choice} />
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
