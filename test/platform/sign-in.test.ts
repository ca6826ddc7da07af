import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/platform/config.ts';
import { createSignIn, type SignInConfig } from '../../src/platform/sign-in.ts';
import { until } from '../support/until.ts';

const JWT_SECRET = 'a secret of at least thirty-two characters';
const secret = new TextEncoder().encode(JWT_SECRET);
const stores = { DATABASE_URL: 'postgresql://localhost/none', REDIS_URL: 'redis://localhost' };

/** As an api has it that was started with this environment. */
const signInWith = (env: Partial<Record<keyof SignInConfig, string>>) =>
  createSignIn(readConfig({ ...stores, ...env }));

const claims = (subject = 'ada') => new SignJWT().setSubject(subject).setIssuedAt().setExpirationTime('1h');
const nowSeconds = () => Math.floor(Date.now() / 1_000);
const signed = (token: SignJWT, key = secret) => token.setProtectedHeader({ alg: 'HS256' }).sign(key);

/** A token with these claims in place of right ones. */
const withClaims = (changed: Record<string, unknown>, header: { typ?: string } = {}) =>
  new SignJWT({ sub: 'ada', exp: nowSeconds() + 60, ...changed })
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(secret);

describe('where sign-in is not configured', () => {
  test('everybody is anonymous, whatever token they bring', async () => {
    const signIn = signInWith({});
    const nobody = { actor: null, scope: 'null' };
    expect(await signIn(undefined)).toEqual(nobody);
    expect(await signIn(await signed(claims()))).toEqual(nobody);
    expect(await signIn('Bearer none')).toEqual(nobody);
  });
});

describe('with a secret', () => {
  test.each([
    ['5', {}],
    ['60', { JWT_TOLERANCE_SECONDS: '60' }],
  ])(
    'a token says who its viewer is, and until when: its end and %s s of tolerance',
    async (tolerance, env) => {
      const signIn = signInWith({ JWT_SECRET, ...env });
      const end = nowSeconds() + 60;
      const token = await signed(claims('ada').setExpirationTime(end));
      const ada = { actor: 'ada', scope: '"ada"', expiresAt: (end + Number(tolerance)) * 1_000 };
      for (const authorization of [token, `Bearer ${token}`, `bearer  ${token}`]) {
        expect(await signIn(authorization)).toEqual(ada);
      }
    },
  );

  test('a token holds until its end and the tolerance, and so does what was begun with it', async () => {
    const signIn = signInWith({ JWT_SECRET, JWT_TOLERANCE_SECONDS: '60' });
    const { expiresAt } = await signIn(await signed(claims().setExpirationTime('-30s')));
    expect(expiresAt).toBeGreaterThan(Date.now());
    await expect(signed(claims().setExpirationTime('-60s')).then(signIn)).rejects.toThrow('has expired');
  });

  test('nobody is signed in without a token', async () => {
    expect(await signInWith({ JWT_SECRET })(undefined)).toEqual({ actor: null, scope: 'null' });
  });

  test('viewers share a scope exactly when they are the same', async () => {
    const signIn = signInWith({ JWT_SECRET });
    const subjects = ['ada', 'grace', 'null', '"ada"', 'ada\u0001', ' ada', '[]', 'Ada', 'ada\u{1f600}'];
    const scopes = [(await signIn(undefined)).scope];
    for (const subject of subjects) scopes.push((await signIn(await signed(claims(subject)))).scope);
    expect(new Set(scopes).size).toBe(subjects.length + 1);
    const later = await signIn(await signed(claims('ada').setExpirationTime('1h')));
    expect(later.scope).toBe(scopes[1]);
  });

  test.each([
    ['an expired token', () => signed(claims().setExpirationTime('-1m')), 'The token has expired.'],
    ['one whose time has not come', () => signed(claims().setNotBefore('1h')), 'its time has not come (nbf)'],
    ['one of nobody', () => signed(new SignJWT().setExpirationTime('1h')), 'it has no subject (sub)'],
    ['one that never ends', () => signed(new SignJWT().setSubject('ada')), 'it has no time of expiry (exp)'],
    ['one that ends in text', () => withClaims({ exp: 'tomorrow' }), '"exp" claim must be a number'],
    ['one that ends in milliseconds', () => withClaims({ exp: Date.now() + 60_000 }), 'milliseconds (exp)'],
    ['one that was issued in milliseconds', () => withClaims({ iat: Date.now() }), 'milliseconds (iat)'],
    ['one of the future', () => withClaims({ iat: nowSeconds() + 60 }), 'issued in the future (iat)'],
    ['one for others', () => withClaims({ aud: 'another' }), 'this API has no JWT_AUDIENCE'],
    ['one for several others', () => withClaims({ aud: ['one', 'two'] }), 'issued for others (aud)'],
    ['one of another kind', () => withClaims({}, { typ: 'logout+jwt' }), 'of another kind (typ)'],
    ['one of a subject with NUL', () => withClaims({ sub: 'ada\0' }), 'a character that cannot be stored'],
    ['one of half a character', () => signed(claims('ada\ud800')), 'a character that cannot be stored'],
    ['one of a number', () => withClaims({ sub: 7 }), 'it has no subject (sub)'],
    ['one of a long subject', () => signed(claims('a'.repeat(256))), 'longer than 255 characters'],
    ['an enormous one', () => withClaims({ more: 'x'.repeat(20_000) }), 'longer than 16384 characters'],
    ['one of somebody without a name', () => signed(claims('')), 'it has no subject (sub)'],
    [
      'one signed with another secret',
      () => signed(claims(), new TextEncoder().encode(`not ${JWT_SECRET}`)),
      'not one that this API trusts',
    ],
    [
      'one that was not signed',
      () => new UnsecuredJWT({ sub: 'ada' }).encode(),
      'not one that this API trusts',
    ],
    [
      'one of another algorithm',
      () => claims().setProtectedHeader({ alg: 'HS512' }).sign(secret),
      'not one that this API trusts',
    ],
    ['what is no token', () => 'none', 'Give it as "Bearer <token>".'],
    ['nothing at all', () => '', 'Give it as "Bearer <token>".'],
    ['another way to sign in', () => 'Basic YWRhOmFkYQ==', 'Give it as "Bearer <token>".'],
    ['what is not even text', () => ({ toString: 'none' }), 'Give it as "Bearer <token>".'],
  ])('refuses %s and says so', async (_name, authorization, message) => {
    const signIn = signInWith({ JWT_SECRET });
    await expect(signIn(await authorization())).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      retryable: false,
      message: expect.stringContaining(message),
    });
  });

  test.each(['JWT', 'at+jwt', 'application/at+jwt', 'jwt'])('takes a token of the kind %s', async (typ) => {
    expect((await signInWith({ JWT_SECRET })(await withClaims({}, { typ }))).actor).toBe('ada');
  });

  test('takes tokens that were issued to the application that it was told, and no others', async () => {
    const signIn = signInWith({ JWT_SECRET, JWT_CLIENT_ID: 'page' });
    expect((await signIn(await withClaims({ azp: 'page' }))).actor).toBe('ada');
    expect((await signIn(await withClaims({ client_id: 'page' }))).actor).toBe('ada');
    for (const wrong of [{}, { azp: 'other' }, { client_id: 'other' }, { azp: 'other', client_id: 'page' }]) {
      await expect(withClaims(wrong).then(signIn)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('issued to another application (azp, client_id)'),
      });
    }
  });

  test('refuses a token whose claims were changed after it was signed', async () => {
    const [header, , signature] = (await signed(claims('ada'))).split('.');
    const payload = Buffer.from(JSON.stringify({ sub: 'grace' })).toString('base64url');
    await expect(signInWith({ JWT_SECRET })(`${header}.${payload}.${signature}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('takes tokens of the issuer and for the audience that it was told, and no others', async () => {
    const signIn = signInWith({ JWT_SECRET, JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'aorta' });
    const right = claims().setIssuer('https://id.example').setAudience(['aorta', 'other']);
    expect((await signIn(await signed(right))).actor).toBe('ada');
    for (const [wrong, message] of [
      [claims().setIssuer('https://other.example').setAudience('aorta'), 'it was issued by another (iss)'],
      [claims().setAudience('aorta'), 'it was issued by another (iss)'],
      [claims().setIssuer('https://id.example').setAudience('other'), 'it was issued for others (aud)'],
      [claims().setIssuer('https://id.example'), 'it was issued for others (aud)'],
    ] as const) {
      await expect(signed(wrong).then(signIn)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining(message),
      });
    }
  });
});

describe('with public keys', () => {
  const ours = (subject?: string) => claims(subject).setAudience('aorta');

  test.each(['RS256', 'PS512', 'ES256', 'EdDSA'])(
    'a token signed with one of them (%s) says who its viewer is',
    async (alg) => {
      await using keys = await serveKeys();
      const sign = await keys.add(alg);
      await keys.add('ES384');
      const viewer = await signInWith({ JWKS_URL: keys.url, JWT_AUDIENCE: 'aorta' })(
        `Bearer ${await sign(ours('ada'))}`,
      );
      expect(viewer).toMatchObject({ actor: 'ada', scope: '"ada"' });
    },
  );

  test('a key that is added later is found before long', async () => {
    await using keys = await serveKeys();
    const signIn = signInWith({ JWKS_URL: keys.url, JWT_AUDIENCE: 'aorta' });
    const sign = await keys.add('ES256');
    expect((await signIn(await sign(ours('ada')))).actor).toBe('ada');
    const signAnew = await keys.add('ES384');
    const token = await signAnew(ours('grace'));
    expect((await until(() => signIn(token))).actor).toBe('grace');
  });

  test('refuses a token of a key that is not among them', async () => {
    await using keys = await serveKeys();
    await keys.add('ES256');
    await using others = await serveKeys();
    const sign = await others.add('ES256');
    await expect(
      signInWith({ JWKS_URL: keys.url, JWT_AUDIENCE: 'aorta' })(await sign(ours())),
    ).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('refuses a token that is signed with a public key as if it were a secret', async () => {
    await using keys = await serveKeys();
    await keys.add('ES256');
    const publicKey = new TextEncoder().encode(JSON.stringify(keys.published[0]));
    const forged = await ours().setProtectedHeader({ alg: 'HS256', kid: 'ES256' }).sign(publicKey);
    await expect(signInWith({ JWKS_URL: keys.url, JWT_AUDIENCE: 'aorta' })(forged)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('is unavailable, not refused, while the keys cannot be fetched', async () => {
    const keys = await serveKeys();
    const sign = await keys.add('ES256');
    const token = await sign(ours());
    const signIn = signInWith({ JWKS_URL: keys.url, JWT_AUDIENCE: 'aorta' });
    const unavailable = { code: 'UNAVAILABLE', retryable: true };
    keys.fail();
    await expect(signIn(token)).rejects.toMatchObject(unavailable);
    await keys[Symbol.asyncDispose]();
    await expect(signIn(token)).rejects.toMatchObject(unavailable);
  });
});

describe('the configuration of sign-in', () => {
  test('refuses a secret that is too short, without telling it, and a place of keys that is none', () => {
    const read = () => readConfig({ ...stores, JWT_SECRET: 'too short', JWKS_URL: 'ftp://localhost' });
    expect(read).toThrow('JWT_SECRET is not right: must be 32 characters or more.');
    expect(read).toThrow('JWKS_URL is not right: must be a URL that starts with https:// or http://');
    expect(read).not.toThrow('too short');
  });

  test.each([
    ['one that repeats itself', 'a'.repeat(40), 'must be random'],
    ['one from a file with a line end', `${JWT_SECRET}\n`, 'must not begin or end with white space'],
  ])('refuses a weak secret: %s', (_name, weak, message) => {
    const read = () => readConfig({ ...stores, JWT_SECRET: weak });
    expect(read).toThrow(`JWT_SECRET is not right: ${message}`);
  });

  test.each(['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_CLIENT_ID', 'JWT_TOLERANCE_SECONDS'])(
    'refuses %s without a key: it would turn sign-in off without a word',
    (name) => {
      const read = () => readConfig({ ...stores, [name]: '30' });
      expect(read).toThrow(`${name} is set without JWT_SECRET or JWKS_URL: nobody could sign in`);
      expect(read).not.toThrow(/\n.*\n/);
    },
  );

  test('refuses public keys without a word of who the tokens are for', () => {
    const JWKS_URL = 'https://id.example/keys';
    const read = () => readConfig({ ...stores, JWKS_URL, JWT_ISSUER: 'https://id.example' });
    expect(read).toThrow('JWKS_URL is set without JWT_AUDIENCE or JWT_CLIENT_ID');
    expect(readConfig({ ...stores, JWKS_URL, JWT_CLIENT_ID: 'page' })).toMatchObject({ JWKS_URL });
  });

  test('refuses a secret and public keys at once: it could not say which decides', () => {
    expect(() => readConfig({ ...stores, JWT_SECRET, JWKS_URL: 'https://id.example/keys' })).toThrow(
      'JWT_SECRET and JWKS_URL are both set',
    );
  });
});

/** An HTTP server with a set of public keys, as an identity provider has one. */
async function serveKeys() {
  const published: JWK[] = [];
  let failing = false;
  const server = createServer((_request, response) => {
    if (failing) return void response.writeHead(500).end();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    published,
    fail() {
      failing = true;
    },
    /** Makes a key, publishes its public half, and gives what signs with the other. */
    async add(alg: string) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      published.push({ ...(await exportJWK(publicKey)), kid: alg, alg });
      return (token: SignJWT) => token.setProtectedHeader({ alg, kid: alg }).sign(privateKey);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
