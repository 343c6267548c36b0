import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { helpPage, type HelpNews } from '../help-page.ts';
import { HELP_FORM_LIMIT, readHelpForm } from '../help/read-form.ts';
import { mayAsk, NETWORK_WINDOW_MS } from '../help/turns.ts';
import { faultFields } from '../log.ts';
import { readAnyContentType } from './raw-bodies.ts';
import { sendPage } from './send-page.ts';

/** A body that is too big is no form of ours, and is answered like an empty one. */
export const helpForm = (app: App) => ({
  bodyLimit: HELP_FORM_LIMIT,
  onRequest: readAnyContentType,
  errorHandler(error: FastifyError, _request: FastifyRequest, reply: FastifyReply) {
    if ((error.statusCode ?? 500) >= 500) throw error;
    return answer(app, reply, 'incomplete');
  },
});

export function showHelp(app: App, reply: FastifyReply): FastifyReply {
  return answer(app, reply, null);
}

/**
 * SECURITY: what is asked for is done after the answer. So neither its bytes nor its time say whether a booking, or a
 * buyer, exists.
 */
export async function takeHelp(
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = Buffer.isBuffer(request.body) ? readHelpForm(request.body) : null;
  if (!form) return answer(app, reply, 'incomplete');
  const news = await admit(app, request.ip);
  if (news === 'asked') reply.raw.once('close', () => app.helpDesk.take(form));
  return answer(app, reply, news);
}

async function admit(app: App, ip: string): Promise<HelpNews> {
  if (app.helpDesk.isFull()) return 'away';
  try {
    return (await mayAsk(app.store, ip)) ? 'asked' : 'too many';
  } catch (error) {
    app.log.error('http.fault', { method: 'POST', path: '/help', ...faultFields(error) });
    return 'away';
  }
}

const CODES = { asked: 200, incomplete: 400, 'too many': 429, away: 503 } as const;
const RETRY_AFTER_S = { asked: null, incomplete: null, 'too many': NETWORK_WINDOW_MS / 1000, away: 60 };

function answer(app: App, reply: FastifyReply, news: HelpNews | null): FastifyReply {
  const retryAfterS = news && RETRY_AFTER_S[news];
  if (retryAfterS !== null) reply.header('retry-after', retryAfterS);
  const html = helpPage(app.brand, news);
  return sendPage(reply, { code: news ? CODES[news] : 200, html, takesForms: true });
}
