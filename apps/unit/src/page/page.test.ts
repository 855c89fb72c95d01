import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import type { HistorySlice } from '@rmh/contract';
import { keepLog } from '@rmh/contract/fakes';
import { FactsWatch } from '../platform/facts.ts';
import { FakeCar } from '../record.fake.ts';
import { Looks } from '../record-looks.ts';
import { UnitPage } from './page.ts';
import { type PageView, Services, type ServiceView } from './services.ts';

const RULES = [
  { name: 'EKG', class: 'critical' },
  { name: 'Oppdrag', class: 'interactive' },
  { name: 'Journal', class: 'bulk' },
  { name: 'Video', class: 'realtime' },
] as const;

class Crew {
  readonly car = new FakeCar(['telenor', 'telia'], 1_764_000_000_000);
  readonly services = new Services(RULES);
  readonly #looks = new Looks();
  readonly #facts = new FactsWatch();
  view: PageView | null = null;
  lastSecond: HistorySlice | null = null;

  drive(ms: number, sent: Partial<Record<'critical' | 'realtime', number>> = {}, lost = 0): this {
    for (let t = 0; t < ms; t += 200) {
      this.car.nowMs += 200;
      for (const one of this.car.classes) {
        const count = sent[one.name as 'critical'] ?? 0;
        one.sent += count;
        one.received += count;
        if (count > 0) one.lost = (one.lost ?? 0) + lost;
      }
      const status = this.car.status();
      const { second } = this.#looks.look(status, this.car.links, this.car.nowMs);
      const facts = this.#facts.look(status, this.car.links, this.car.nowMs);
      if (second !== null) this.services.second(second.slice, facts);
      this.view = this.services.view('unit-7', facts);
    }
    return this;
  }

  out(): void {
    for (const path of this.car.paths) path.state = 'suspect';
  }

  state(name: string): ServiceView['state'] | undefined {
    return this.view?.services.find((service) => service.name === name)?.state;
  }
}

test('What goes through is sent, with its time; what has nothing to send is ready', () => {
  const crew = new Crew().drive(5_000, { critical: 2, realtime: 10 });
  assert.deepEqual([crew.state('EKG'), crew.state('Video')], ['sent', 'sent']);
  assert.equal(crew.state('Journal'), 'ready');
  const ekg = crew.view?.services[0];
  assert.ok((ekg?.sentMs ?? 0) >= crew.car.nowMs - 2_000);
  crew.drive(20_000);
  assert.equal(crew.state('EKG'), 'ready');
  assert.equal(crew.view?.services[0]?.sentMs, ekg?.sentMs, 'the time stays');
});

test('Loss makes a service weak, and it is well again some seconds after', () => {
  const crew = new Crew().drive(3_000, { critical: 4 });
  crew.drive(2_000, { critical: 4 }, 2);
  assert.equal(crew.state('EKG'), 'weak');
  assert.equal(crew.state('Video'), 'ready', 'only its own class is weak');
  crew.drive(8_000, { critical: 4 });
  assert.equal(crew.state('EKG'), 'sent');
});

test('A picture that stands still is weak', () => {
  const crew = new Crew().drive(3_000, { realtime: 10 });
  crew.drive(1_600);
  assert.equal(crew.state('Video'), 'weak');
});

test('Without any carrier everything waits, and it is said since when', () => {
  const crew = new Crew().drive(3_000, { critical: 2 });
  crew.out();
  crew.drive(2_000, { critical: 2 });
  assert.deepEqual(
    crew.view?.services.map(({ state }) => state),
    ['waiting', 'waiting', 'waiting', 'waiting'],
  );
  assert.equal(crew.view?.up, false);
  assert.equal(crew.view?.sinceMs, crew.car.nowMs - 1_800);
});

const log = keepLog();
const page = new UnitPage({ unit: 'unit-7', address: '127.0.0.1', port: 0, services: RULES }, log);
let origin = '';
before(async () => {
  page.begun();
  for (let i = 0; i < 200 && page.port === null; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  origin = `http://127.0.0.1:${page.port}`;
});
after(() => page.ended());

test('The page is served whole, read-only, without cookies, and lets nothing else in', async () => {
  assert.equal((await fetch(`${origin}/state.json`)).status, 503, 'nothing is known yet');
  for (const path of ['/', '/page.css', '/page.js']) {
    const answer = await fetch(origin + path);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('set-cookie'), null);
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.ok((await answer.text()).length > 500);
  }
  assert.equal((await fetch(`${origin}/state.json`, { method: 'POST' })).status, 405);
  assert.equal((await fetch(`${origin}/../unit.ts`)).status, 404);
  const [opened] = log.lines;
  assert.equal(opened?.event, 'page.open');
});

test('The state is answered as the services see it', async () => {
  const car = new FakeCar();
  const facts = new FactsWatch().look(car.status(), car.links, car.nowMs);
  page.look(facts, null);
  const view = (await (await fetch(`${origin}/state.json`)).json()) as PageView;
  assert.equal(view.unit, 'unit-7');
  assert.equal(view.services.length, 4);
});

test('A port that is taken is said once and tried again', async () => {
  const second = keepLog();
  const settings = { unit: 'u', address: '127.0.0.1', port: page.port ?? 0, services: RULES };
  const other = new UnitPage(settings, second);
  other.begun();
  for (let i = 0; i < 200 && second.lines.length === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(second.lines[0]?.event, 'page.failed');
  await other.ended();
});
