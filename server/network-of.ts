import { isIPv6 } from 'node:net';

/** Whose turns are counted together: an IPv4 address, or the /64 of an IPv6 one, since a household is given that many. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const address = (ip.split('%')[0] ?? '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = '', after = ''] = address.split('::');
  const head = before.split(':').filter(Boolean);
  const tail = after.split(':').filter(Boolean);
  // Only the first four of eight groups are looked at, so it does not matter that an IPv4 ending stands for two.
  const zeros = address.includes('::') ? 8 - head.length - tail.length : 0;
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
