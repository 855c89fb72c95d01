import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { LinkFact } from '@rmh/contract/daemon';
import { decideLinks, matches, stateOf, type UsedLink } from './links.ts';

const LIST = [
  { name: 'telenor', device: 'wwan0' },
  { name: 'telia', device: 'wwan1' },
];
const fact = (name: string, more: Partial<LinkFact> = {}): LinkFact => {
  return { index: 3, name, up: true, carrier: true, addresses: ['10.9.0.2/30'], ...more };
};
const decide = (facts: LinkFact[], before = new Map<string, UsedLink>()) =>
  decideLinks(LIST, ['rmh0'], facts, before);

test('a device that is up with carrier and address is handed over, once', () => {
  const first = decide([fact('wwan0')]);
  assert.deepEqual(first.commands, [{ kind: 'link.set', name: 'telenor', device: 'wwan0' }]);
  assert.deepEqual(decide([fact('wwan0')], first.used).commands, []);
});

for (const [change, commands, state] of [
  [{ addresses: ['10.9.0.6/30'] }, ['link.changed'], 'used'],
  [{ index: 9 }, ['link.remove', 'link.set'], 'used'],
  [{ carrier: false }, ['link.remove'], 'no-carrier'],
  [{ addresses: [] }, ['link.remove'], 'no-address'],
  [{ up: false }, ['link.remove'], 'down'],
] as const) {
  test(`a used link that becomes ${JSON.stringify(change)} gives ${commands.join(', ')}`, () => {
    const { used } = decide([fact('wwan0')]);
    const next = decide([fact('wwan0', change as Partial<LinkFact>)], used);
    assert.deepEqual(
      next.commands.map(({ kind }) => kind),
      commands,
    );
    assert.equal(next.links[0]?.state, state);
  });
}

test('a device that vanishes is removed, and one taken out of the list too', () => {
  const { used } = decide([fact('wwan0'), fact('wwan1', { index: 4 })]);
  assert.deepEqual(decide([fact('wwan1', { index: 4 })], used).commands, [
    { kind: 'link.remove', name: 'telenor' },
  ]);
  const [telenor] = LIST;
  const fewer = decideLinks(telenor === undefined ? [] : [telenor], [], [fact('wwan0')], used);
  assert.deepEqual(fewer.commands, [{ kind: 'link.remove', name: 'telia' }]);
});

test('the order of addresses is no change', () => {
  const both = ['10.9.0.2/30', '2001:db8::2/64'];
  const { used } = decide([fact('wwan0', { addresses: both })]);
  assert.deepEqual(decide([fact('wwan0', { addresses: both.toReversed() })], used).commands, []);
});

test('auto takes every device of a pattern but the tunnel and the car', () => {
  const auto = { auto: true as const, patterns: ['wwan*', 'lan*', 'rmh*'] };
  const facts = ['wwan1', 'wwan0', 'eth0', 'lan0', 'rmh0'].map((name) => fact(name));
  const { links } = decideLinks(auto, ['lan0', 'rmh0'], facts, new Map());
  assert.deepEqual(
    links.map(({ name }) => name),
    ['wwan0', 'wwan1'],
  );
});

test('a pattern matches as a shell does', () => {
  const yes = [
    ['wwan*', 'wwan0'],
    ['*', 'x'],
    ['a*b*c', 'aXbYbc'],
    ['usb0', 'usb0'],
    ['a*', 'a'],
  ];
  const no = [
    ['wwan*', 'xwwan0'],
    ['a*a', 'a'],
    ['usb0', 'usb01'],
    ['a*b*c', 'acb'],
    ['*x', 'y'],
  ];
  for (const [pattern = '', name = ''] of yes) assert.ok(matches(pattern, name), pattern);
  for (const [pattern = '', name = ''] of no) assert.ok(!matches(pattern, name), pattern);
});

test('a device that is not there is absent', () => {
  assert.equal(stateOf(undefined), 'absent');
});
