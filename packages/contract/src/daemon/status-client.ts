import { request } from 'node:http';
import { errnoOf, lineOf, RmhError } from '../error.ts';
import { type DaemonStatus, STATUS_FORMAT } from '../status.ts';
import type { Answer } from './status-server.ts';

export const DEFAULT_SOCKETS = ['/run/rmh-unit/status.sock', '/run/rmh-gateway/status.sock'];

// 2,048 units with paths and classes are about 4 MB.
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const ANSWER_MS_MAX = 5_000;

export async function askStatus(socketPath: string): Promise<DaemonStatus> {
  const { status, body } = await ask(socketPath, 'GET', '/status');
  const isOurs = typeof body === 'object' && body !== null && 'format' in body;
  if (status !== 200 || !isOurs || body.format !== STATUS_FORMAT) {
    throw new RmhError('RMH_REQUEST_REFUSED', `${socketPath} does not answer as this rmh expects`, {
      hint: 'do the daemon and this command have the same version?',
    });
  }
  return body as DaemonStatus;
}

/** A request that changes something; throws RMH_REQUEST_REFUSED with the daemon's reason. */
export async function tell(socketPath: string, path: string): Promise<unknown> {
  const { status, body } = await ask(socketPath, 'POST', path);
  if (status < 300) return body;
  const reason = typeof body === 'object' && body !== null && 'error' in body ? body.error : status;
  throw new RmhError('RMH_REQUEST_REFUSED', String(reason));
}

export function ask(socketPath: string, method: 'GET' | 'POST', path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(failureOf(socketPath, error));
    // No agent: a kept connection would be one to a daemon that has since restarted.
    const options = { socketPath, method, path, timeout: ANSWER_MS_MAX, agent: false };
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > ANSWER_BYTES_MAX) call.destroy(new Error('the answer is too long'));
      });
      response.on('error', fail);
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown });
        } catch (error) {
          fail(error);
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${ANSWER_MS_MAX / 1000} s`)));
    call.on('error', fail);
    call.end();
  });
}

function failureOf(socketPath: string, error: unknown): RmhError {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ECONNREFUSED') {
    const message = `no daemon answers on ${socketPath}`;
    return new RmhError('RMH_NOT_RUNNING', message, { cause: error });
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    const message = `not allowed to open ${socketPath}`;
    return new RmhError('RMH_SOCKET_DENIED', message, { cause: error });
  }
  const message = `${socketPath}: ${lineOf(error)}`;
  return new RmhError('RMH_NOT_RUNNING', message, { cause: error });
}
