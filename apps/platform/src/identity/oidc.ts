// Sign-in by OpenID Connect in the manner of HelseID: pushed authorization requests (RFC 9126),
// PKCE with S256 (RFC 7636), private_key_jwt (RFC 7523) and tokens bound by DPoP (RFC 9449). The
// access token is not used: the ID token says who it is, and our own tables say what he may do.
import { readFileSync } from 'node:fs';
import { RmhError } from '@rmh/contract';
import * as oidc from 'openid-client';
import { z } from 'zod';
import type { OidcSettings } from '../settings.ts';

/** What must be found again when the browser comes back. */
export const SIGN_IN_STATE = z.strictObject({
  verifier: z.string(),
  state: z.string(),
  nonce: z.string(),
});
export type SignInState = z.infer<typeof SIGN_IN_STATE>;

export interface Person {
  readonly issuer: string;
  readonly subject: string;
  /** Only one that the sign-in service has verified. */
  readonly email: string | null;
}

const SCHEME = 'private_key_jwt';
// Discovery is read again once an hour: a provider renews its keys and may move its endpoints.
const DISCOVERY_KEPT_MS = 3_600_000;

export class SignInService {
  readonly #settings: OidcSettings;
  readonly #redirectUri: string;
  readonly #nowMs: () => number;
  #found: { readonly config: Promise<oidc.Configuration>; readonly atMs: number } | null = null;

  constructor(settings: OidcSettings, publicUrl: string, nowMs: () => number) {
    this.#settings = settings;
    this.#redirectUri = `${publicUrl}/api/v1/sign-in/callback`;
    this.#nowMs = nowMs;
  }

  /** Where the browser goes, and what it must bring back. */
  async begin(): Promise<{ readonly url: string; readonly state: SignInState }> {
    const config = await this.#configuration();
    const state: SignInState = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
    };
    const url = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: this.#redirectUri,
      scope: this.#settings.scope,
      code_challenge: await oidc.calculatePKCECodeChallenge(state.verifier),
      code_challenge_method: 'S256',
      state: state.state,
      nonce: state.nonce,
    });
    return { url: url.href, state };
  }

  /** Who came back; throws where anything does not fit. `query`: of the callback's address. */
  async finish(query: URLSearchParams, { verifier, state, nonce }: SignInState): Promise<Person> {
    const config = await this.#configuration();
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const tokens = await oidc.authorizationCodeGrant(
      config,
      new URL(`${this.#redirectUri}?${query.toString()}`),
      {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      },
      undefined,
      { DPoP },
    );
    const claims = tokens.claims();
    const subject = claims?.[this.#settings.subjectClaim];
    if (claims === undefined || typeof subject !== 'string') {
      throw new Error(`the ID token has no claim ${this.#settings.subjectClaim}`);
    }
    const { email, email_verified: isVerified } = claims;
    const trusted = typeof email === 'string' && isVerified === true ? email : null;
    return { issuer: claims.iss, subject, email: trusted };
  }

  async #configuration(): Promise<oidc.Configuration> {
    const nowMs = this.#nowMs();
    if (this.#found === null || nowMs - this.#found.atMs > DISCOVERY_KEPT_MS) {
      const config = this.#discover();
      this.#found = { config, atMs: nowMs };
      // One that failed is not kept.
      config.catch(() => {
        this.#found = null;
      });
    }
    return await this.#found.config;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, keyFile } = this.#settings;
    const url = new URL(issuer);
    // Plain HTTP only on this machine: a provider that runs for a test.
    const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname);
    return await oidc.discovery(
      url,
      clientId,
      { token_endpoint_auth_method: SCHEME, require_pushed_authorization_requests: true },
      oidc.PrivateKeyJwt(await readPrivateKey(keyFile)),
      isLocal ? { execute: [oidc.allowInsecureRequests] } : {},
    );
  }
}

const ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;

const PRIVATE_JWK = z.looseObject({
  alg: z.enum(Object.keys(ALGORITHMS) as [keyof typeof ALGORITHMS]),
  kid: z.string().optional(),
  d: z.string(),
});

async function readPrivateKey(file: string): Promise<oidc.PrivateKey> {
  try {
    const jwk = PRIVATE_JWK.parse(JSON.parse(readFileSync(file, 'utf8')));
    const algorithm = ALGORITHMS[jwk.alg];
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
    return jwk.kid === undefined ? { key } : { key, kid: jwk.kid };
  } catch (error) {
    const known = Object.keys(ALGORITHMS).join(', ');
    const message = `oidc.keyFile ${file} holds no private JWK with an alg of ${known}`;
    throw new RmhError('RMH_KEY_UNREADABLE', message, { cause: error });
  }
}
