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

const claims = (subject = 'ada') => new SignJWT().setSubject(subject).setIssuedAt();
const signed = (token: SignJWT, key = secret) => token.setProtectedHeader({ alg: 'HS256' }).sign(key);

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
  test('a token says who its viewer is, and until when', async () => {
    const signIn = signInWith({ JWT_SECRET });
    const expiresAt = Math.floor(Date.now() / 1_000) + 60;
    const token = await signed(claims('ada').setExpirationTime(expiresAt));
    const ada = { actor: 'ada', scope: '"ada"', expiresAt: expiresAt * 1_000 };
    for (const authorization of [token, `Bearer ${token}`, `bearer  ${token}`]) {
      expect(await signIn(authorization)).toEqual(ada);
    }
  });

  test('a token without an end signs in for good', async () => {
    const viewer = await signInWith({ JWT_SECRET })(await signed(claims()));
    expect(viewer).toEqual({ actor: 'ada', scope: '"ada"' });
  });

  test('nobody is signed in without a token', async () => {
    expect(await signInWith({ JWT_SECRET })(undefined)).toEqual({ actor: null, scope: 'null' });
  });

  test('viewers share a scope exactly when they are the same', async () => {
    const signIn = signInWith({ JWT_SECRET });
    const subjects = ['ada', 'grace', 'null', '"ada"', 'ada\u0000', ' ada', '[]', 'Ada'];
    const scopes = [(await signIn(undefined)).scope];
    for (const subject of subjects) scopes.push((await signIn(await signed(claims(subject)))).scope);
    expect(new Set(scopes).size).toBe(subjects.length + 1);
    const later = await signIn(await signed(claims('ada').setExpirationTime('1h')));
    expect(later.scope).toBe(scopes[1]);
  });

  test.each([
    ['an expired token', () => signed(claims().setExpirationTime('-1m')), 'The token has expired.'],
    ['one whose time has not come', () => signed(claims().setNotBefore('1h')), 'its time has not come (nbf)'],
    ['one of nobody', () => signed(new SignJWT()), 'it has no subject (sub)'],
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
  test.each(['RS256', 'PS512', 'ES256', 'EdDSA'])(
    'a token signed with one of them (%s) says who its viewer is',
    async (alg) => {
      await using keys = await serveKeys();
      const sign = await keys.add(alg);
      await keys.add('ES384');
      const viewer = await signInWith({ JWKS_URL: keys.url })(`Bearer ${await sign(claims('ada'))}`);
      expect(viewer).toEqual({ actor: 'ada', scope: '"ada"' });
    },
  );

  test('a key that is added later is found before long', async () => {
    await using keys = await serveKeys();
    const signIn = signInWith({ JWKS_URL: keys.url });
    const sign = await keys.add('ES256');
    expect((await signIn(await sign(claims('ada')))).actor).toBe('ada');
    const signAnew = await keys.add('ES384');
    const token = await signAnew(claims('grace'));
    expect((await until(() => signIn(token))).actor).toBe('grace');
  });

  test('refuses a token of a key that is not among them', async () => {
    await using keys = await serveKeys();
    await keys.add('ES256');
    await using others = await serveKeys();
    const sign = await others.add('ES256');
    await expect(signInWith({ JWKS_URL: keys.url })(await sign(claims()))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('refuses a token that is signed with a public key as if it were a secret', async () => {
    await using keys = await serveKeys();
    await keys.add('ES256');
    const publicKey = new TextEncoder().encode(JSON.stringify(keys.published[0]));
    const forged = await claims().setProtectedHeader({ alg: 'HS256', kid: 'ES256' }).sign(publicKey);
    await expect(signInWith({ JWKS_URL: keys.url })(forged)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('is unavailable, not refused, while the keys cannot be fetched', async () => {
    const keys = await serveKeys();
    const sign = await keys.add('ES256');
    const token = await sign(claims());
    const signIn = signInWith({ JWKS_URL: keys.url });
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
    expect(read).toThrow('JWKS_URL is "ftp://localhost": must be a URL that starts with https:// or http://');
    expect(read).not.toThrow('too short');
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
