import type { Verbs } from '../store.ts';
import { alertVerbs } from './alerts.ts';
import { auditVerbs } from './audit.ts';
import type { Db } from './db.ts';
import { deliveryVerbs } from './deliveries.ts';
import { driftVerbs } from './drift.ts';
import { holdVerbs } from './holds.ts';
import { importVerbs } from './imports.ts';
import { instanceVerbs } from './instances.ts';
import { jobVerbs } from './jobs.ts';
import { keyVerbs } from './keys.ts';
import { mailEventVerbs } from './mail-events.ts';
import { messageVerbs } from './messages.ts';
import { orderVerbs } from './orders.ts';
import { productVerbs } from './products.ts';
import { purchaseVerbs } from './purchases.ts';
import { sessionVerbs } from './sessions.ts';
import { siteVerbs } from './sites.ts';
import { staffVerbs } from './staff.ts';
import { stockVerbs } from './stock.ts';

export function allVerbs(db: Db): Verbs {
  return {
    ...alertVerbs(db),
    ...auditVerbs(db),
    ...deliveryVerbs(db),
    ...driftVerbs(db),
    ...holdVerbs(db),
    ...importVerbs(db),
    ...instanceVerbs(db),
    ...jobVerbs(db),
    ...keyVerbs(db),
    ...mailEventVerbs(db),
    ...messageVerbs(db),
    ...orderVerbs(db),
    ...productVerbs(db),
    ...purchaseVerbs(db),
    ...sessionVerbs(db),
    ...siteVerbs(db),
    ...staffVerbs(db),
    ...stockVerbs(db),
  };
}
