interface Found {
  name: string;
  problem: string;
  wayOut: string;
}

/** Faults that two settings make together. They are judged by what could be read, so that one fault hides no other. */
export function faultsBetween(given: {
  env: Record<string, string>;
  /** KEYBANK_MAIL says `mailbox`. */
  mailStays: boolean;
  tokens: string[];
  /** Of KEYBANK_POSTMARK_EVENTS. */
  eventsPassword: string | null;
}): Found[] {
  const { env } = given;
  const found: Found[] = [];
  if (env.DATABASE_URL !== undefined && env.KEYBANK_MAIL === undefined)
    found.push({
      name: 'KEYBANK_MAIL',
      problem: 'is unset although DATABASE_URL is set: real buyers would get no mail',
      wayOut: 'Name your mail service, or say KEYBANK_MAIL=mailbox when mail shall stay on this machine.',
    });
  const examples = { KEYBANK_ADMIN_EMAIL: 'you@example.com', KEYBANK_MAIL_FROM: 'Shop <keys@example.com>' };
  if (env.KEYBANK_MAIL !== undefined && !given.mailStays)
    for (const [name, example] of Object.entries(examples))
      if (env[name] === undefined)
        found.push({
          name,
          problem: 'is unset, and KEYBANK_MAIL sends real mail',
          wayOut: `For example ${name}=${example}`,
        });
  return [...found, ...sameTexts(env, given.tokens, given.eventsPassword)];
}

function sameTexts(env: Record<string, string>, tokens: string[], eventsPassword: string | null): Found[] {
  const found: Found[] = [];
  const wayOut = 'Make another one, for example with: openssl rand -hex 32';
  for (const name of ['KEYBANK_SIGNING_SECRET', 'KEYBANK_STAFF_TOKEN'])
    if (tokens.some((token) => token === env[name]))
      found.push({ name, problem: 'is the same text as a KEYBANK_WEBHOOK_TOKEN', wayOut });
  if (env.KEYBANK_SIGNING_SECRET !== undefined && env.KEYBANK_SIGNING_SECRET === env.KEYBANK_STAFF_TOKEN)
    found.push({
      name: 'KEYBANK_SIGNING_SECRET',
      problem: 'is the same text as KEYBANK_STAFF_TOKEN',
      wayOut,
    });
  const others = [...tokens, env.KEYBANK_SIGNING_SECRET, env.KEYBANK_STAFF_TOKEN];
  if (eventsPassword !== null && others.includes(eventsPassword))
    found.push({
      name: 'KEYBANK_POSTMARK_EVENTS',
      problem: 'has as password a text that is another secret of this server',
      wayOut,
    });
  return found;
}
