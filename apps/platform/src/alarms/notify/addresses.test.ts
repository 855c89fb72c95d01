import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { mayReach, targetFault } from './addresses.ts';
import { NO_NOTIFY_SETTINGS, type NotifySettings } from './settings.ts';
import { isSigned, post, signatureOf } from './webhook.ts';

const LOOPBACK: NotifySettings = { webhooksAlsoTo: ['127.0.0.0/8', '::1/128'], mail: null };

test('A webhook reaches public addresses only', () => {
  const refused =
    '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1 ' +
    '192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 ' +
    ':: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 fe80::1 fc00::1 fd12::1 ff02::1 ' +
    '2001:db8::1 2001::1 2002:7f00:1::1 3fff::1';
  for (const address of refused.split(' ')) {
    assert(!mayReach(address, NO_NOTIFY_SETTINGS), address);
  }
  for (const address of '1.1.1.1 172.32.0.1 100.128.0.1 9.255.255.255 2a01:79c::1'.split(' ')) {
    assert(mayReach(address, NO_NOTIFY_SETTINGS), address);
  }
  assert(mayReach('127.0.0.1', LOOPBACK));
  assert(!mayReach('10.0.0.1', LOOPBACK));
});

test('A target is https to a name or a public address, or mail to one address', () => {
  const mail = { ...LOOPBACK, mail: { host: 'mail', from: 'a@b' } } as unknown as NotifySettings;
  const fine = [
    ['https://drift.example/hook', NO_NOTIFY_SETTINGS],
    ['https://[2a01:79c::1]/hook', NO_NOTIFY_SETTINGS],
    ['http://127.0.0.1:9000/hook', LOOPBACK],
    ['http://localhost:9000/', LOOPBACK],
    ['mailto:vakt@helse.example', mail],
  ] as const;
  for (const [target, settings] of fine) assert.equal(targetFault(target, settings), null, target);
  const refused = [
    'http://drift.example/hook',
    'http://127.0.0.1/hook',
    'https://127.0.0.1/hook',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://name:word@drift.example/',
    'file:///etc/passwd',
    'gopher://drift.example/',
    'mailto:vakt@helse.example',
    'drift.example',
  ];
  for (const target of refused)
    assert.notEqual(targetFault(target, NO_NOTIFY_SETTINGS), null, target);
  for (const target of ['mailto:a@b,c@d', 'mailto:a@b?bcc=c@d', 'mailto:a@b\r\nBcc: c@d']) {
    assert.notEqual(targetFault(target, mail), null, target);
  }
});

test('A name that leads to a private address is refused when it is connected to', async () => {
  const message = { id: 'm', timeS: 1, body: '{}', secret: Buffer.from('s') };
  // Fine by its looks: only the look-up tells.
  const { status, fault } = await post('https://localhost/hook', message, NO_NOTIFY_SETTINGS);
  assert.equal(status, null);
  assert.match(fault ?? '', /not one that webhooks may reach/);
});

test('A delivery is signed over id, time and body, and what is altered is not', async () => {
  const secret = Buffer.from('0123456789abcdef0123456789abcdef');
  const got: { id: string; timeS: number; signature: string; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({
        id: String(request.headers['webhook-id']),
        timeS: Number(request.headers['webhook-timestamp']),
        signature: String(request.headers['webhook-signature']),
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(request.url === '/moved' ? 302 : 204, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const message = { id: 'alarm-event-7', timeS: 1_768_478_400, body: '{"å":1}', secret };
  const base = `http://127.0.0.1:${port}`;
  assert.deepEqual(await post(`${base}/hook`, message, LOOPBACK), { status: 204, fault: null });
  const [first] = got;
  assert(first !== undefined);
  assert(isSigned(secret, first, first.body));
  assert(!isSigned(secret, first, `${first.body} `));
  assert(!isSigned(secret, { ...first, timeS: first.timeS + 1 }, first.body));
  assert(!isSigned(Buffer.from('another'), first, first.body));
  // A redirect is an answer like any other that is no success.
  assert.equal((await post(`${base}/moved`, message, LOOPBACK)).fault, 'HTTP 302');
  assert.equal(got.length, 2);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  assert.equal((await post(`${base}/hook`, message, LOOPBACK)).fault, 'ECONNREFUSED');
});

test('The signature is the one that Standard Webhooks gives as its example', () => {
  // From the specification's reference libraries.
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const body = '{"test": 2432232314}';
  assert.equal(
    signatureOf(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, body),
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});
