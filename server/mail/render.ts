// Every mail, a contents page. Pure: facts in, a mail out.
export { renderAdminAttention } from './render-attention.ts';
export { renderAdminUrgent } from './render-urgent.ts';
export { renderDigest } from './render-digest.ts';
export { renderKeyMail } from './render-key.ts';
export { renderKeyWaiting } from './render-waiting.ts';
export { renderLowStock } from './render-low-stock.ts';
export { renderMailFailing } from './render-failing.ts';
export type { InlineImage, RenderedMail } from './rendered-mail.ts';
