interface Sender {
  name: string;
  address: string;
  /** What stands after the @: Message-IDs end in it. */
  domain: string;
}

/** Reads KEYBANK_MAIL_FROM: `keys@shop.example` or `Key Bank <keys@shop.example>`. */
export function readSender(from: string, defaultName: string): Sender {
  const match = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<([^\s<>]+)>|([^\s<>]+))$/u.exec(from.trim());
  const address = match?.[2] ?? match?.[3] ?? '';
  if (!isMailAddress(address))
    throw new Error(
      'KEYBANK_MAIL_FROM: want an address like keys@shop.example or Key Bank <keys@shop.example>',
    );
  return {
    name: match?.[1]?.trim() || defaultName,
    address,
    domain: address.slice(address.lastIndexOf('@') + 1).toLowerCase(),
  };
}

/**
 * SECURITY: one recipient and nothing else. A comma, a bracket, a space or a line break in an address has made other
 * mailers send to a second person.
 */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{Cc}<>()[\]",;:\\@]{1,64}@[^\s\p{Cc}<>()[\]",;:\\@]+$/u.test(text);
}
