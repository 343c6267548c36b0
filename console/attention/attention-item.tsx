import { Text } from '@mantine/core';
import { OrderLink } from '../look/order-link.tsx';
import { wordOf } from '../look/status-words.ts';
import { When } from '../look/when.tsx';
import { itemWords } from '../products/course.ts';
import classes from './attention-item.module.css';
import { FixButton } from './fix-button.tsx';
import { kindWords, type Item } from './kind-words.ts';

/** What is the matter, of whom, since when, and the way out: the best one first. */
export function AttentionItem({ item }: { item: Item }) {
  const { kind, orderId, order, message, detail, since, fixes } = item;
  return (
    <article className={classes.item} aria-label={`${kindWords(kind)} ${orderId ?? ''}`}>
      <div className={classes.head}>
        <Text fw={600}>{kindWords(kind)}</Text>
        <Text size="sm" c="dimmed">
          <When at={since} />
        </Text>
      </div>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {detail}
      </Text>
      <Text size="sm" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
        {orderId !== null && order !== null && <OrderLink orderId={orderId} />}
        {order?.email && ` · ${order.email}`}
        {order?.item && ` · ${itemWords(order.item)}`}
        {message &&
          ` · mail to ${message.recipient}: ${message.lastError ?? message.lastCode ?? wordOf(message.status)}`}
      </Text>
      <div className={classes.fixes}>
        {fixes.map((fix, index) => (
          <FixButton
            key={`${fix.do} ${index}`}
            fix={fix}
            item={item}
            isBest={index === 0 && fixes.length > 1}
          />
        ))}
      </div>
    </article>
  );
}
