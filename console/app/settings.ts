import { useLocalStorage } from '@mantine/hooks';

/** Whether times are shown exactly, in UTC, rather than in the reader's zone. Kept in this browser. */
export function useUtc() {
  return useLocalStorage({ key: 'keybank-utc', defaultValue: false, getInitialValueInEffect: false });
}

/** Whether single letters do something: a voice that dictates must be able to have them off (WCAG 2.1.4). */
export function useLetterKeys() {
  return useLocalStorage({ key: 'keybank-letter-keys', defaultValue: true, getInitialValueInEffect: false });
}
