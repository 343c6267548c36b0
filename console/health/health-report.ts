import type { Outputs } from '../app/outputs.ts';

export type Report = Outputs['health']['get'];
export type Parts = Report['parts'];
export type PartName = keyof Parts;

export const PART_WORDS: Record<PartName, string> = {
  database: 'Database',
  server: 'Server',
  instances: 'Instances',
  mail: 'Mail',
  orders: 'Open orders',
  attention: 'Attention',
  stock: 'Stock',
  sites: 'Sites',
};
