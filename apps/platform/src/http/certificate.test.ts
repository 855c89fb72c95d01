import { strict as assert } from 'node:assert';
import { createHash, X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { fingerprintOf, makeCertificate } from './certificate.ts';

const NOW_MS = Date.now();

test('OpenSSL reads the certificate as it was meant', () => {
  const { certificate } = makeCertificate(['platform.example', '192.0.2.7'], NOW_MS);
  const read = new X509Certificate(certificate);
  assert.equal(read.subject, 'CN=rmh-platform');
  assert.equal(read.subjectAltName, 'DNS:platform.example, IP Address:192.0.2.7');
  assert.ok(read.verify(read.publicKey), 'signed by itself');
  assert.ok(Date.parse(read.validFrom) < NOW_MS);
  assert.ok(Date.parse(read.validTo) > NOW_MS + 9 * 365 * 86_400_000);
  const raw = createHash('sha256').update(read.raw).digest('base64url');
  assert.equal(fingerprintOf(certificate), raw);
});

test('A client that trusts it connects by TLS 1.3 with the post-quantum exchange', async () => {
  const { certificate, key } = makeCertificate(['localhost'], NOW_MS);
  const server = createServer({
    cert: certificate,
    key,
    minVersion: 'TLSv1.3',
    ecdhCurve: 'X25519MLKEM768:X25519',
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificate });
  await new Promise<void>((resolve, reject) =>
    socket.once('secureConnect', resolve).once('error', reject),
  );
  assert.equal(socket.getProtocol(), 'TLSv1.3');
  assert.ok(socket.authorized);
  socket.destroy();
  server.close();
});
