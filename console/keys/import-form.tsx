import { Alert, Button, FileButton, Group, Stack, TagsInput, Text, Textarea } from '@mantine/core';
import { randomId } from '@mantine/hooks';
import { IconFileUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type DragEvent } from 'react';
import { api } from '../app/api.ts';
import { focusContent } from '../app/arrive.ts';
import { Card } from '../look/card.tsx';
import classes from './import-form.module.css';
import { readFile } from './read-file.ts';

export interface Draft {
  sku: string;
  text: string;
  /** What the list of imports shows: the file's name, or `paste`. */
  origin: string;
  /** Of two lists that look alike, the preview of the one is not that of the other. */
  id: string;
  /** Which column of a table has the keys, where somebody said so: by its heading, or its number from 1. */
  column?: string;
}

const PASTE = 'paste';

/** The first step: which product, and the list. `draft`: what it was before somebody came back from the preview. */
export function ImportForm({ draft, next }: { draft: Draft | null; next(draft: Draft): void }) {
  const stock = useQuery(api.stock.list.queryOptions());
  const [sku, setSku] = useState(draft === null ? [] : [draft.sku]);
  const isFile = draft !== null && draft.origin !== PASTE;
  const [text, setText] = useState(draft === null || isFile ? '' : draft.text);
  const [file, setFile] = useState(isFile ? { name: draft.origin, text: draft.text } : null);
  const [fault, setFault] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const resetFile = useRef<() => void>(null);

  async function take(given: File | null) {
    if (given === null) return;
    // The same file, corrected, is another one.
    resetFile.current?.();
    const read = await readFile(given);
    setFault(read.fault);
    if (read.fault === null) setFile({ name: given.name, text: read.text });
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0] ?? null);
  }

  function go() {
    const product = sku[0]?.trim() ?? '';
    const list = file?.text ?? text;
    if (product === '') return setFault('Choose a product, or type the SKU of a new one and press Enter.');
    if (list.trim() === '') return setFault('Paste the keys, or choose a file.');
    const isSame = draft?.text === list;
    const column = isSame && draft.column !== undefined ? { column: draft.column } : {};
    next({ sku: product, text: list, origin: file?.name ?? PASTE, id: randomId(), ...column });
  }

  return (
    <Card title="1. Which keys?">
      <Stack gap="md">
        <TagsInput
          label="Product"
          description="Choose one, or type the SKU of a new one and press Enter."
          placeholder={sku.length === 0 ? 'COURSE-A' : ''}
          data={(stock.data?.products ?? []).map((line) => line.sku)}
          value={sku}
          onChange={setSku}
          maxTags={1}
          openOnFocus={false}
          clearable
          clearButtonProps={{ 'aria-label': 'Another product' }}
          maw={420}
        />
        {file === null ? (
          <Textarea
            label="Keys"
            description="Paste them here, one a line; or drop a file below."
            placeholder={'PQXF-7K2M-91TD\nPQXF-7K2M-91TE'}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            rows={7}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        ) : (
          <Group gap="sm">
            <Text>
              <b>{file.name}</b>, {file.text.split('\n').length.toLocaleString()} lines
            </Text>
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                setFile(null);
                focusContent();
              }}
            >
              Another one
            </Button>
          </Group>
        )}
        <div
          className={classes.drop}
          data-over={isOver}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileUpload size={20} aria-hidden />
          <span>Drop a text or CSV file here, or</span>
          <FileButton
            resetRef={resetFile}
            onChange={(given) => void take(given)}
            accept=".txt,.csv,.tsv,text/plain,text/csv"
          >
            {(props) => (
              <Button variant="default" size="compact-sm" {...props}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </div>
        {fault !== null && (
          <Alert color="red.9" variant="outline" role="alert">
            {fault}
          </Alert>
        )}
        <Group>
          <Button onClick={go}>Preview</Button>
          <Text size="sm" c="dimmed">
            Changes nothing yet.
          </Text>
        </Group>
      </Stack>
    </Card>
  );
}
