import { groupAlerts } from './group-alerts.ts';
import { fitMail, writeMail } from './rendered-mail.ts';
import { templates } from './templates.ts';
import { adminFooter } from './words.ts';
import type { AlertRow } from '../store/rows.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './rendered-mail.ts';

export interface AdminAttentionInput {
  brand: Brand;
  /** Which server says so; orders are linked when it is https, or http on this machine. */
  publicUrl: string;
  alerts: readonly Pick<AlertRow, 'kind' | 'orderId' | 'sku' | 'detail'>[];
}

/** Told in full, over all kinds; of the rest every order is named. */
const MAX_ROWS = 60;

/** What a person must look at, gathered by kind. */
export function renderAdminAttention(input: AdminAttentionInput): RenderedMail {
  return fitMail(MAX_ROWS, (maxRows) => write(input, maxRows));
}

function write({ brand, publicUrl, alerts }: AdminAttentionInput, maxRows: number): RenderedMail {
  const groups = groupAlerts(alerts, publicUrl, maxRows);
  const titles = groups.map((group) => group.title).join(', ');
  const body = {
    heading:
      alerts.length === 1 ? 'One thing needs your attention' : `${alerts.length} things need your attention`,
    intro: 'No checkout was held up. Every order named here is kept safe and waits for you.',
    groups,
    footer: adminFooter(brand, publicUrl),
  };
  return writeMail(
    templates.attention,
    { brand, subject: titles, preheader: alerts[0]?.detail ?? titles },
    body,
  );
}
