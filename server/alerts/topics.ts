import { ALERT_KINDS, type AlertKind, type MessageKind } from '../store/rows.ts';

/** The mails that tell alerts. Each is a topic of its own, so that a wave of one kind does not hold back another. */
type Topic = Extract<MessageKind, 'admin_urgent' | 'admin_attention' | 'admin_mail_failing'>;

const TOPIC_OF: Readonly<Record<AlertKind, Topic>> = {
  out_of_stock: 'admin_urgent',
  mail_failed: 'admin_mail_failing',
  mail_bounced: 'admin_mail_failing',
  mail_complained: 'admin_mail_failing',
  attention: 'admin_attention',
  conflict: 'admin_attention',
  cancelled_seen: 'admin_attention',
  unreadable: 'admin_attention',
  unknown_order: 'admin_attention',
  lacking_booking: 'admin_attention',
  silent_site: 'admin_attention',
};

/** Every topic, with the name of its cooldown and the alerts that it tells. */
export const TOPICS = [
  topic('admin_urgent', 'alerts.urgent'),
  topic('admin_mail_failing', 'alerts.mail_failing'),
  topic('admin_attention', 'alerts.attention'),
] as const;

function topic<T extends Topic>(
  mail: T,
  cooldown: string,
): { mail: T; cooldown: string; kinds: AlertKind[] } {
  return { mail, cooldown, kinds: ALERT_KINDS.filter((kind) => TOPIC_OF[kind] === mail) };
}
