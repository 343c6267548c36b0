import { Button, Loader, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconReload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/api.ts';
import { useMay } from '../app/session.ts';
import { ServerAway } from '../look/server-away.tsx';
import { BulkSteps } from './bulk-steps.tsx';
import { filterWords } from './filter-words.ts';
import type { DeliveryFilter } from './use-delivery-filter.ts';

/** Reads again all that the screen's filter fits: counted first, run then. */
export function BulkReplay({ filter }: { filter: DeliveryFilter }) {
  const may = useMay();
  const [isOpen, { open, close }] = useDisclosure();
  const [isBusy, setBusy] = useState(false);
  if (!may('bulk')) return null;
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconReload size={16} aria-hidden />} onClick={open}>
        Replay many
      </Button>
      {/* Closed midway, nobody would see what came of it. */}
      <Modal
        opened={isOpen}
        onClose={close}
        title="Read many deliveries again"
        closeButtonProps={{ 'aria-label': 'Close' }}
        closeOnClickOutside={false}
        closeOnEscape={!isBusy}
        withCloseButton={!isBusy}
      >
        {isOpen && <Count filter={filter} close={close} setBusy={setBusy} />}
      </Modal>
    </>
  );
}

interface CountProps {
  filter: DeliveryFilter;
  close(): void;
  setBusy(isBusy: boolean): void;
}

function Count({ filter, close, setBusy }: CountProps) {
  // Counted once: what is run is exactly what was shown.
  const counted = useQuery(
    api.deliveries.countReplay.queryOptions(
      { filter: filter.wanted },
      { refetchInterval: false, refetchOnWindowFocus: false, staleTime: Infinity, gcTime: 0 },
    ),
  );
  if (counted.isPending)
    return (
      <Text size="sm" role="status">
        <Loader size="xs" mr="xs" aria-hidden /> Counting {filterWords(filter)} …
      </Text>
    );
  if (counted.isError)
    return <ServerAway isOnce error={counted.error} retry={() => void counted.refetch()} />;
  return <BulkSteps counted={counted.data} words={filterWords(filter)} close={close} setBusy={setBusy} />;
}
