import { Modal, Table, Text } from '@mantine/core';
import { menu } from './screens.tsx';
import { useLetterKeys } from './settings.ts';

export default function KeyboardHelp({ close }: { close(): void }) {
  const [isOn] = useLetterKeys();
  const lines: [string[], string][] = [
    [['/'], 'Search'],
    [['↓'], 'From the search box to the finds, and on'],
    ...menu.flatMap(({ entries }) =>
      entries.map(({ letter, label }): [string[], string] => [['g', letter], label]),
    ),
    [['z'], 'To the undo of what was just done'],
    [['Esc'], 'Close a dialog'],
    [['?'], 'This list'],
  ];
  return (
    <Modal opened onClose={close} title="Keyboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Table>
        <Table.Tbody>
          {lines.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={110}>
                {keys.map((key) => (
                  <kbd key={key} style={{ marginRight: 4 }}>
                    {key}
                  </kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed" mt="md">
        {isOn
          ? 'Your menu has a switch that turns the letters off.'
          : 'Your menu has turned the letters off.'}
      </Text>
    </Modal>
  );
}
