// What `rmh enrol` asks the platform.
import { RmhError } from '@rmh/contract';
import {
  ENROLLED,
  type Enrol,
  type Enrolled,
  type EnrolmentToken,
  UNIT_TUNNEL,
  type UnitTunnel,
} from '@rmh/contract/api';
import { ApiProblem, ApiUnreachable, type Call, createClient } from '@rmh/contract/client';
import { enrolText, type Identity, Prover } from '@rmh/contract/daemon';
import { fingerprintHex, pinnedFetch } from '@rmh/contract/machine';
import { VERSION } from './version.ts';

/** A schema, which throws where the answer has not its form. */
interface Form<T> {
  parse(value: unknown): T;
}

export interface Talk {
  readonly identity: Identity;
  readonly ask: <T>(path: string, reply: Form<T>, call: Call) => Promise<T>;
}

/** Throws RmhError whatever goes wrong. */
export function openTalk({ url, fingerprint }: EnrolmentToken, identity: Identity): Talk {
  const client = createClient({
    origin: url,
    fetch: pinnedFetch(fingerprint === null ? null : fingerprintHex(fingerprint)).fetch,
    signer: new Prover(identity, Date.now),
  });
  return {
    identity,
    ask: async (path, reply, call) => {
      try {
        return reply.parse((await client.call<unknown>(path, call)).body);
      } catch (error) {
        throw failure(error);
      }
    },
  };
}

export async function askToEnrol(
  { identity, ask }: Talk,
  machine: { readonly secret: string; readonly serial: string; readonly tunnelKey: string },
): Promise<Enrolled> {
  const { secret: token, serial, tunnelKey } = machine;
  const body: Enrol = {
    token,
    serial,
    identityKey: identity.publicKey,
    tunnelKey,
    proof: identity.sign(enrolText(token)),
    softwareVersion: VERSION,
  };
  return await ask('/enrolments', ENROLLED, { method: 'POST', body });
}

export async function askForGateways({ ask }: Talk): Promise<UnitTunnel> {
  return await ask('/units/self/tunnel', UNIT_TUNNEL, {});
}

function failure(error: unknown): RmhError {
  if (error instanceof ApiProblem && error.status < 500) {
    const message = error.problem.detail ?? error.problem.title;
    return new RmhError('RMH_ENROL_REFUSED', message, { cause: error });
  }
  const cause = error instanceof ApiUnreachable ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new RmhError('RMH_PLATFORM_SILENT', message, { cause: error });
}
