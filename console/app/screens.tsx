import {
  IconAlertTriangle,
  IconBox,
  IconFileImport,
  IconHeartbeat,
  IconHourglass,
  IconInbox,
  IconKey,
  IconListSearch,
  IconMail,
  IconSearch,
  IconTags,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { SCREENS, type Screen } from '../../shared/screens.ts';
import { SearchScreen } from '../search/search-screen.tsx';
import type { Right } from './session.ts';

type Component = ComponentType | LazyExoticComponent<ComponentType>;

/** What is shown at each address. All but the search come when they are asked for. */
export const components: Record<Screen, Component> = {
  search: SearchScreen,
  order: lazy(() => import('../orders/order-screen.tsx')),
  waiting: lazy(() => import('../orders/waiting-screen.tsx')),
  attention: lazy(() => import('../attention/attention-screen.tsx')),
  stock: lazy(() => import('../stock/stock-screen.tsx')),
  import: lazy(() => import('../keys/import-screen.tsx')),
  keys: lazy(() => import('../keys/keys-screen.tsx')),
  deliveries: lazy(() => import('../deliveries/deliveries-screen.tsx')),
  delivery: lazy(() => import('../deliveries/delivery-screen.tsx')),
  mails: lazy(() => import('../mails/mails-screen.tsx')),
  suppressed: lazy(() => import('../mails/suppressed-screen.tsx')),
  gallery: lazy(() => import('../mails/gallery-screen.tsx')),
  mail: lazy(() => import('../mails/mail-screen.tsx')),
  audit: lazy(() => import('../audit/audit-screen.tsx')),
  products: lazy(() => import('../products/products-screen.tsx')),
  staff: lazy(() => import('../staff/staff-screen.tsx')),
  health: lazy(() => import('../health/health-screen.tsx')),
};

export interface Entry {
  screen: Screen;
  label: string;
  icon: Icon;
  /** Pressed after `g`. */
  letter: string;
  /** Who lacks it does not see the entry. */
  right?: Right;
}

export const menu: { title: string; entries: Entry[] }[] = [
  {
    title: 'Orders',
    entries: [
      { screen: 'search', label: 'Find', icon: IconSearch, letter: 'f' },
      { screen: 'attention', label: 'Attention', icon: IconAlertTriangle, letter: 'a' },
      { screen: 'waiting', label: 'Waiting', icon: IconHourglass, letter: 'w' },
    ],
  },
  {
    title: 'Keys',
    entries: [
      { screen: 'stock', label: 'Stock', icon: IconBox, letter: 's' },
      { screen: 'import', label: 'Import', icon: IconFileImport, letter: 'i' },
      { screen: 'keys', label: 'Find a key', icon: IconKey, letter: 'k' },
      { screen: 'products', label: 'Products', icon: IconTags, letter: 'p' },
    ],
  },
  {
    title: 'Traffic',
    entries: [
      { screen: 'deliveries', label: 'Deliveries', icon: IconInbox, letter: 'd' },
      { screen: 'mails', label: 'Mails', icon: IconMail, letter: 'm' },
    ],
  },
  {
    title: 'House',
    entries: [
      { screen: 'audit', label: 'Audit', icon: IconListSearch, letter: 't', right: 'audit' },
      { screen: 'staff', label: 'Staff', icon: IconUsers, letter: 'u', right: 'staff' },
      { screen: 'health', label: 'Health', icon: IconHeartbeat, letter: 'h' },
    ],
  },
];

export function pathOf(screen: Screen): string {
  return SCREENS[screen];
}
