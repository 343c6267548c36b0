import { Alert, Button, FileButton, Group, Stack, TagsInput, Text, Textarea } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type DragEvent } from 'react';
import { api } from '../app/api.ts';
import { Card } from '../look/card.tsx';
import classes from './import-form.module.css';
import { MOST_CHARACTERS, readFile } from './read-file.ts';

export interface Draft {
  sku: string;
  text: string;
  /** What the list of imports shows: the file's name, or `paste`. */
  origin: string;
  /** Which column of a table has the keys, where the server could not tell. */
  column?: string;
}

/** The first step: which product, and the list. */
export function ImportForm({ next }: { next(draft: Draft): void }) {
  const stock = useQuery(api.stock.list.queryOptions());
  const [sku, setSku] = useState<string[]>([]);
  const [text, setText] = useState('');
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);

  async function take(given: File | null) {
    if (given === null) return;
    const read = await readFile(given);
    if (read.length > MOST_CHARACTERS)
      return setFault(
        `${given.name} has ${read.length.toLocaleString()} characters; a page takes 32 million. Bring it in on the server: npx keybank keys import FILE --sku SKU`,
      );
    setFault(null);
    setFile({ name: given.name, text: read });
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
    next({ sku: product, text: list, origin: file?.name ?? 'paste' });
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
            <Button variant="default" size="compact-sm" onClick={() => setFile(null)}>
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
          <FileButton onChange={(given) => void take(given)} accept=".txt,.csv,.tsv,text/plain,text/csv">
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
