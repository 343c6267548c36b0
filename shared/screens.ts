/**
 * The addresses of the console's screens, by name: the server answers each with the console, which then shows the screen.
 * `:word` stands for one part of an address.
 */
export const SCREENS = {
  search: '/',
  order: '/orders/:orderId',
  waiting: '/waiting',
  attention: '/attention',
  stock: '/stock',
  import: '/import',
  keys: '/keys',
  deliveries: '/deliveries',
  delivery: '/deliveries/:deliveryId',
  mails: '/mails',
  suppressed: '/mails/suppressed',
  gallery: '/mails/gallery',
  mail: '/mails/:messageId',
  audit: '/audit',
  products: '/products',
  staff: '/staff',
  health: '/health',
} as const;

export type Screen = keyof typeof SCREENS;
