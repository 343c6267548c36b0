import { useParams } from 'wouter';

/** A part of the address. The router leaves the escapes of colons and slashes as they are; links in mails have them. */
export function usePart(name: string): string {
  const text = useParams()[name] ?? '';
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
