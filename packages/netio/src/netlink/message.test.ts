import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Attributes, HEADER_BYTES, MessageWriter, readMessages } from './message.ts';

test('MessageWriter writes the bytes that iproute2 sends for `ip link set dev x up`', () => {
  const writer = new MessageWriter(16, 5).fields([1, 0], [1, 0], [2, 0], [4, 7], [4, 1], [4, 1]);
  const hex = Buffer.from(writer.finish(9)).toString('hex');
  assert.equal(
    hex,
    '20000000' +
      '1000' +
      '0500' +
      '09000000' +
      '00000000' +
      '00000000' +
      '07000000' +
      '01000000' +
      '01000000',
  );
});

test('Attributes read what MessageWriter wrote, nested ones too', () => {
  const writer = new MessageWriter(1, 0).text(3, 'eth0').u32(4, 1500);
  writer.nest(18, () => writer.text(1, 'veth'));
  const bytes = writer.finish(1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [message] = readMessages(view, bytes.length);
  assert.equal(message?.sequence, 1);
  const attributes = new Attributes(view, HEADER_BYTES, bytes.length);
  assert.deepEqual([attributes.text(3), attributes.u32(4)], ['eth0', 1500]);
  assert.equal(attributes.nested(18).text(1), 'veth');
  assert.deepEqual(
    [attributes.u32(99), attributes.text(99), attributes.nested(99).text(1)],
    [null, null, null],
  );
});

test('a length that does not fit ends the list', () => {
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, 4000, true);
  assert.deepEqual(readMessages(view, 32), []);
  view.setUint16(16, 3, true);
  assert.equal(new Attributes(view, 16, 32).bytes(0), null);
});
