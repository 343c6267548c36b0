import type { Outputs } from '../app/outputs.ts';
import { Card } from '../look/card.tsx';
import { Facts } from '../look/facts.tsx';
import { When } from '../look/when.tsx';
import { itemWords } from '../products/course.ts';

export function OrderFacts({ order }: { order: Outputs['orders']['get'] }) {
  const { item, units } = order;
  const course = item && itemWords(item);
  return (
    <Card title="Booking">
      <Facts
        of={[
          ['E-mail', order.email ?? 'none'],
          ['Also known as', order.alternates.length > 0 ? order.alternates.join(', ') : null],
          ['Name', order.name],
          ['Course', course && `${units} × ${course}`],
          ['Owed', order.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ') || 'nothing'],
          ['Coupon', order.coupon],
          ['Booked with', order.source + (order.site === '' ? '' : `, site ${order.site}`)],
          ['Language', order.locale],
          ['Revision', order.rev],
          ['First seen', <When key="at" at={order.createdAt} />],
          ['Last change', <When key="at" at={order.updatedAt} />],
        ]}
      />
    </Card>
  );
}
