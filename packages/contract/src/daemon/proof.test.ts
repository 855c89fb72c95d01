import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  challengeOf,
  enrolText,
  Identity,
  isProved,
  isSigned,
  newProcessName,
  Prover,
  proveRequest,
  readChallenge,
  readProof,
} from './proof.ts';

// RFC 8032, section 7.1, test 1.
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const REQUEST = { method: 'POST', path: '/api/v1/units/self/now?a=1', body: '{"up":true}' };
const AT_MS = 1_764_000_000_000;
const PROCESS = newProcessName();

test('The public key is that of RFC 8032', () => {
  const raw = Buffer.from(new Identity(SEED).publicKey, 'base64');
  assert.equal(raw.toString('hex'), PUBLIC);
});

test('A proof is read back and holds for its request, and for no other', () => {
  const header = proveRequest(new Identity(SEED), REQUEST, AT_MS, PROCESS);
  const proof = readProof(header);
  assert.ok(proof);
  assert.deepEqual([proof.atMs, proof.to], [AT_MS, PROCESS]);
  assert.equal(isProved(proof, REQUEST), true);
  assert.equal(isProved(proof, { ...REQUEST, body: '{"up":false}' }), false);
  assert.equal(isProved(proof, { ...REQUEST, body: null }), false);
  assert.equal(isProved(proof, { ...REQUEST, path: '/api/v1/units/self/now?a=2' }), false);
  assert.equal(isProved(proof, { ...REQUEST, method: 'PUT' }), false);
  assert.equal(isProved({ ...proof, atMs: AT_MS + 1 }, REQUEST), false);
  assert.equal(isProved({ ...proof, to: newProcessName() }, REQUEST), false);
  const other = new Identity(Buffer.alloc(32, 7)).publicKey;
  assert.equal(isProved({ ...proof, key: other }, REQUEST), false);
});

test('Two proofs of one request never have the same nonce', () => {
  const identity = new Identity(SEED);
  const prove = () => proveRequest(identity, REQUEST, AT_MS, '');
  const nonces = [1, 2].map(() => readProof(prove())?.nonce);
  assert.notEqual(nonces[0], nonces[1]);
});

test('A prover names the process that challenged it last', () => {
  const prover = new Prover(new Identity(SEED), () => AT_MS);
  const named = () => readProof(prover.sign(REQUEST)['authorization'] ?? '')?.to;
  assert.equal(named(), '');
  assert.equal(prover.challenged(challengeOf(PROCESS)), true);
  assert.equal(named(), PROCESS);
  for (const other of ['', 'Bearer, RMH-Proof', 'RMH-Proof to=""']) {
    assert.equal(readChallenge(other), null);
    assert.equal(prover.challenged(other), false);
  }
  assert.equal(named(), PROCESS);
});

for (const header of ['', 'Bearer x', 'RMH-Proof', 'RMH-Proof key="", at="", nonce=""']) {
  test(`"${header}" is no proof`, () => assert.equal(readProof(header), null));
}

test('A key of all zeros signs nothing, and an identity does not print its key', () => {
  const zeros = Buffer.alloc(32).toString('base64');
  assert.equal(isSigned(zeros, enrolText('t'), Buffer.alloc(64).toString('base64')), false);
  assert.equal(JSON.stringify({ identity: new Identity(SEED) }), '{"identity":"[secret]"}');
});
