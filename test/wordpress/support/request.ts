export interface RequestOptions {
  headers?: Record<string, string>;
  cookie?: string;
  /** The site of a network, as `/two/`; only for scenarios. */
  site?: string;
  /** Gives up after this time; without it, after a minute. */
  patienceMs?: number;
}

export interface Answer {
  code: number;
  headers: Headers;
  text: string;
  /** Undefined when the text is no JSON. */
  json: unknown;
  /** From sending to the last byte. */
  ms: number;
}

export async function request(
  url: string,
  method: string,
  path: string,
  body: unknown,
  { headers = {}, cookie, patienceMs = 60_000 }: RequestOptions = {},
): Promise<Answer> {
  const isForm = typeof body === 'string' || body instanceof URLSearchParams;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const started = performance.now();
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const ms = performance.now() - started;
  return { code: response.status, headers: response.headers, text, json: parse(text), ms };
}

/** The cookies of someone who has just signed in through wp-login.php. */
export async function logIn(url: string, user: string, password: string): Promise<string> {
  const form = new URLSearchParams({ log: user, pwd: password, 'wp-submit': 'Log In', testcookie: '1' });
  const cookie = 'wordpress_test_cookie=WP%20Cookie%20check';
  const answer = await request(url, 'POST', '/wp-login.php', form, { cookie });
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
  if (!cookies.some((line) => line.startsWith('wordpress_logged_in'))) {
    throw new Error(
      `${user} cannot sign in: ${answer.code} ${answer.text.replace(/<[^>]*>/g, ' ').slice(-300)}`,
    );
  }
  return cookies.join('; ');
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
