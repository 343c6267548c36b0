const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** May this stand behind a button in a mail? https anywhere, http on this machine only; no credentials, no spaces. */
export function isMailLink(text: string): boolean {
  if (!/^https?:\/\/[^\s"'<>\\{}]+$/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username || url.password) return false;
  return url.protocol === 'https:' || LOCAL_HOSTS.includes(url.hostname);
}
