// Asks the platform as the machines and the people of the bench do.
import { Agent, type IncomingMessage, request } from 'node:http';
import { API_BASE } from '@rmh/contract/api';
import { type Identity, proveRequest, readChallenge } from '@rmh/contract/daemon';

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** WWW-Authenticate; '' where there is none. */
  readonly challenge: string;
}

export class PlatformClient {
  readonly #port: number;
  // A unit keeps its connection between two samples; 256 stand for them all.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  #cookie = '';
  #csrf = '';
  /** The process at that port, as it named itself. */
  #processName = '';

  constructor(port: number) {
    this.#port = port;
  }

  async signIn(link: URL): Promise<void> {
    const reply = await this.#open('GET', link.pathname + link.search, null, {});
    reply.resume();
    this.#cookie = (reply.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
    const me = JSON.parse((await this.get('/me')).text) as { csrf?: string };
    if (me.csrf === undefined) throw new Error('could not sign in');
    this.#csrf = me.csrf;
  }

  get(path: string): Promise<Reply> {
    return this.#ask('GET', API_BASE + path, null, { cookie: this.#cookie });
  }

  post(path: string, body: unknown): Promise<Reply> {
    const headers = { cookie: this.#cookie, 'x-rmh-csrf': this.#csrf };
    return this.#ask('POST', API_BASE + path, JSON.stringify(body), headers);
  }

  delete(path: string): Promise<Reply> {
    const headers = { cookie: this.#cookie, 'x-rmh-csrf': this.#csrf };
    return this.#ask('DELETE', API_BASE + path, null, headers);
  }

  /** As a machine: signed anew each time. */
  async prove(identity: Identity, path: string, body: string): Promise<Reply> {
    const reply = await this.show(this.proofOf(identity, path, body), path, body);
    const processName = readChallenge(reply.challenge);
    if (processName === null) return reply;
    this.#processName = processName;
    return await this.show(this.proofOf(identity, path, body), path, body);
  }

  /** For the process that this client speaks to. */
  proofOf(identity: Identity, path: string, body: string): string {
    const request = { method: 'POST', path: API_BASE + path, body };
    return proveRequest(identity, request, Date.now(), this.#processName);
  }

  /** Sends a request with a proof that somebody made, once. */
  show(authorization: string, path: string, body: string): Promise<Reply> {
    return this.#ask('POST', API_BASE + path, body, { authorization });
  }

  /** Server-sent events, as they come, until `signal`. */
  async events(path: string, signal: AbortSignal, heard: (data: string) => void): Promise<void> {
    const reply = await this.#open('GET', API_BASE + path, null, { cookie: this.#cookie });
    signal.addEventListener('abort', () => reply.destroy(), { once: true });
    let rest = '';
    try {
      for await (const chunk of reply.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('data: ')) heard(line.slice(6));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(
    method: string,
    path: string,
    body: string | null,
    headers: Record<string, string>,
  ): Promise<Reply> {
    const reply = await this.#open(method, path, body, headers);
    let text = '';
    for await (const chunk of reply.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
    const challenge = reply.headers['www-authenticate'] ?? '';
    return { status: reply.statusCode ?? 0, text, challenge };
  }

  #open(
    method: string,
    path: string,
    body: string | null,
    headers: Record<string, string>,
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const type = body === null ? {} : { 'content-type': 'application/json' };
    const options = {
      ...{ host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path },
      headers: { ...type, ...headers },
    };
    request(options, resolve)
      .on('error', reject)
      .end(body ?? undefined);
    return promise;
  }
}
