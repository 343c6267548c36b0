const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** May this stand behind a button in a buyer's mail? https only; no credentials, no spaces. */
export function isMailLink(text: string): boolean {
  return readLink(text)?.protocol === 'https:';
}

/** May this stand in a mail to the admin as the way to this server? https, or http on the admin's own machine. */
export function isConsoleLink(text: string): boolean {
  const url = readLink(text);
  return url?.protocol === 'https:' || LOCAL_HOSTS.includes(url?.hostname ?? '');
}

function readLink(text: string): URL | null {
  if (!/^https?:\/\/[^\s"'<>\\{}]+$/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username || url.password ? null : url;
}

/** The page of an order on this server, for a `link` block; none where `publicUrl` may not be linked. */
export function orderLinks(publicUrl: string, orderId: string | null): { url: string; linked: string }[] {
  const url = `${publicUrl.replace(/\/+$/, '')}/orders/${encodeURIComponent(orderId ?? '')}`;
  return orderId !== null && isConsoleLink(url) ? [{ url, linked: orderId }] : [];
}
