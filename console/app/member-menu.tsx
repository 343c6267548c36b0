import { Avatar, Menu, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import {
  IconClock,
  IconDeviceDesktop,
  IconKeyboard,
  IconKeyboardOff,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { showFault } from '../look/notices.tsx';
import { changeMember } from './seat.ts';
import { signOut, useMember } from './session.ts';
import { useLetterKeys, useUtc } from './settings.ts';

const SCHEMES = [
  { scheme: 'light', label: 'Light', icon: IconSun },
  { scheme: 'dark', label: 'Dark', icon: IconMoon },
  { scheme: 'auto', label: 'As the device', icon: IconDeviceDesktop },
] as const;

export function MemberMenu({ openHelp }: { openHelp(): void }) {
  const { name, role } = useMember();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [, navigate] = useLocation();
  const [isUtc, setUtc] = useUtc();
  const [hasLetters, setLetters] = useLetterKeys();

  async function leave() {
    try {
      await signOut();
      changeMember(null);
      // SECURITY: nor does the address tell who was looked for.
      navigate('/', { replace: true });
    } catch (error) {
      showFault(error);
    }
  }

  return (
    <Menu position="bottom-end" width={220} shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton ml="auto">
          <Avatar name={name} color="gold" variant="filled" radius="xl" size={34} alt="" aria-hidden />
          <VisuallyHidden>
            {name}, {role}: settings and sign-out
          </VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {role}
        </Menu.Label>
        {SCHEMES.map(({ scheme, label, icon: Icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setColorScheme(scheme)}
            aria-current={colorScheme === scheme}
            fw={colorScheme === scheme ? 650 : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconClock size={16} aria-hidden />} onClick={() => setUtc(!isUtc)}>
          {isUtc ? 'Times of my zone' : 'Times in UTC'}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboardOff size={16} aria-hidden />}
          onClick={() => setLetters(!hasLetters)}
        >
          {hasLetters ? 'Letter keys off' : 'Letter keys on'}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={openHelp}>
          Keyboard <kbd>?</kbd>
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
