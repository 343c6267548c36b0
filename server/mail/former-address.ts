/** Pure: the order has another address by now than the one that the mail is for. An order without one has no other. */
export function isFormerAddress(recipient: string, email: string | null): boolean {
  return email !== null && email.toLowerCase() !== recipient.toLowerCase();
}
