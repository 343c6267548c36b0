import { SCREENS, type Screen } from '../../shared/screens.ts';
import type { Shop } from './shop.ts';

/** The address of each screen, of something that is in the shop. */
export function pathOfScreen(screen: Screen, shop: Shop): string {
  return SCREENS[screen]
    .replace(':orderId', shop.orderId)
    .replace(':deliveryId', shop.deliveryId)
    .replace(':messageId', shop.messageId);
}

/** All of them, and the ones that a search and a filter make. */
export function pathsOf(shop: Shop): string[] {
  return [
    ...screens().map((screen) => pathOfScreen(screen, shop)),
    '/?q=ada',
    '/?q=nobody-here',
    '/mails?show=all',
  ];
}

export function screens(): Screen[] {
  return Object.keys(SCREENS).filter((name): name is Screen => name in SCREENS);
}
