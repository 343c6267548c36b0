import { Alert } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../app/session.ts';
import { Screen } from '../look/screen.tsx';
import { ImportForm, type Draft } from './import-form.tsx';
import { ImportList } from './import-list.tsx';
import { ImportPreview } from './import-preview.tsx';

/** Keys come in: choose, look at what would happen, bring them in, and undo it if it was wrong. */
export default function ImportScreen() {
  const may = useMay();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [isLooking, setLooking] = useState(false);
  return (
    <Screen
      title="Import keys"
      intro="One key a line, or a table with a heading. Nothing changes before you have seen what would; orders that wait are served while the keys come in."
    >
      {!may('import') && (
        <Alert color="gold" variant="outline" icon={<IconLock aria-hidden />} mb="lg">
          You may look at the imports; bringing keys in is for an admin.
        </Alert>
      )}
      {may('import') &&
        (draft !== null && isLooking ? (
          <ImportPreview
            draft={draft}
            change={setDraft}
            back={() => setLooking(false)}
            finish={() => {
              setDraft(null);
              setLooking(false);
            }}
          />
        ) : (
          <ImportForm
            draft={draft}
            next={(wanted) => {
              setDraft(wanted);
              setLooking(true);
            }}
          />
        ))}
      <ImportList />
    </Screen>
  );
}
