// Search in Norwegian. The same notes and questions in both databases, and the same answers.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { Note, Page } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { type Client, testServer, testServices } from '../http/testing.ts';
import { routes } from './index.ts';

const NOTES: readonly [title: string, text: string][] = [
  ['Bortfall i Oslofjordtunnelen', 'Telenor faller ut 900 meter inn.'],
  ['Skifte av modem', 'Etter skiftet gikk dekningen i tunnelen ned. Antennene var byttet om.'],
  ['Båten mister begge', 'Ute ved Hjelmsøya er det stille på alle.'],
  ['Tromsøbrua', 'Kort brudd på brua.'],
  ['RUTX50 henger', 'Modemet må startes på nytt. Gjelder 5G-modem med gammel programvare.'],
  ['Ærlig talt', 'Kjøretøyene på Årdal og Lærdal står ute om natten.'],
  ['Store filer', 'Oppdateringer går best om natten, når kjøretøyet står i garasjen.'],
];

/** What is typed, and the titles it must find, the best first. */
const QUESTIONS: readonly [typed: string, wanted: readonly string[]][] = [
  // Bending: the same word in another form.
  ['tunneler', ['Skifte av modem', 'Bortfall i Oslofjordtunnelen']],
  ['antenne', ['Skifte av modem']],
  ['modemer', ['Skifte av modem', 'RUTX50 henger']],
  ['båter', ['Båten mister begge']],
  ['oppdatering', ['Store filer']],
  // Compounds: a word in another.
  ['fjordtunnel', ['Bortfall i Oslofjordtunnelen']],
  ['programvare', ['RUTX50 henger']],
  ['tøy', ['Store filer', 'Ærlig talt']],
  // æ, ø and å, as people write them who have other keys.
  ['Tromsø', ['Tromsøbrua']],
  ['tromsoe', ['Tromsøbrua']],
  ['TROMSØ', ['Tromsøbrua']],
  ['baat', ['Båten mister begge']],
  ['hjelmsoeya', ['Båten mister begge']],
  ['årdal', ['Ærlig talt']],
  ['aardal laerdal', ['Ærlig talt']],
  // While it is typed.
  ['oslof', ['Bortfall i Oslofjordtunnelen']],
  ['tro', ['Tromsøbrua']],
  ['rutx', ['RUTX50 henger']],
  ['de', ['Skifte av modem']],
  // As a web search has it.
  ['natten -garasje', ['Ærlig talt']],
  ['"startes på nytt"', ['RUTX50 henger']],
  ['lærdal eller tromsøbrua', ['Tromsøbrua', 'Ærlig talt']],
  ['brudd på brua', ['Tromsøbrua']],
  ['5G-modem', ['RUTX50 henger']],
  // The title first.
  ['modem', ['Skifte av modem', 'RUTX50 henger']],
  ['finnes ikke her', []],
];

async function plant(db: Database): Promise<void> {
  await db.transaction(SYSTEM, async (sql) => {
    await sql.query(`INSERT INTO organisation (id, parent_id, kind, name, short_name)
      VALUES (1, NULL, 'national', 'Norge', 'N')`);
    for (const [i, [title, text]] of NOTES.entries()) {
      await sql.query(
        `INSERT INTO experience_note (organisation_id, title, body, state, author, created_at,
           changed_at) VALUES (1, $1, $2, 'open', 'Kari', $3, $3)`,
        [title, text, new Date(Date.UTC(2026, 10, 1 + i))],
      );
    }
  });
}

const search = async (client: Client, typed: string, more = '') =>
  await client(`GET /experience?q=${encodeURIComponent(typed)}${more}`);
const titlesOf = ({ items }: Page<Note>) => items.map(({ title }) => title);

// Signs that mean something to PostgreSQL, to a web search, or to nobody.
const PIECES = [
  ...['"', '-', ' ', "'", '\\', ':', '*', '&', '|', '!', '(', ')', '<->', '<', '\u2028', '\t', '%'],
  ...[
    'or',
    'eller',
    'på',
    'og',
    'Å',
    'æøå',
    'tunnel',
    'x',
    '5g',
    '1e9',
    '-1',
    'a.b',
    'é',
    '雪',
    '😀',
  ],
] as const;

const answers = new Map<string, string>();
const SEED = 20261126;

for (const { kind, open } of databases()) {
  test(`Notes are found in Norwegian (${kind})`, async (t) => {
    const db = await open();
    await plant(db);
    const server = await testServer(testServices(db), routes);
    const client = await server.user(1, [{ role: 'auditor', organisationId: 1 }]);

    for (const [typed, wanted] of QUESTIONS) {
      await t.test(`${typed} → ${wanted.join(', ') || 'nothing'}`, async () => {
        const { body } = await search(client, typed);
        assert.deepEqual(titlesOf(body as unknown as Page<Note>), wanted);
      });
    }

    await t.test('pages of what was found neither repeat nor skip', async () => {
      const seen: string[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const cursor: string = next === '' ? '' : `&cursor=${next}`;
        const reply = await search(client, 'modem eller natten eller brua', `&limit=2${cursor}`);
        const page = reply.body as unknown as Page<Note>;
        seen.push(...titlesOf(page));
        next = page.next;
      }
      const whole = await search(client, 'modem eller natten eller brua');
      assert.deepEqual(seen, titlesOf(whole.body as unknown as Page<Note>));
      assert.ok(seen.length >= 4);
    });

    await t.test(`whatever is typed is answered, by both alike (seed ${SEED})`, async () => {
      const random = new Random(SEED);
      for (let i = 0; i < 300; i++) {
        const length = 1 + random.below(6);
        const typed = Array.from({ length }, () => PIECES[random.below(PIECES.length)]).join('');
        const [row] = await db.transaction(SYSTEM, (sql) =>
          sql.query<{ told: string | null; found: string }>(
            `SELECT experience_question($1)::text AS told,
               (SELECT string_agg(title, ',' ORDER BY id) FROM experience_note
                 WHERE words @@ experience_question($1)) AS found`,
            [typed],
          ),
        );
        const told = JSON.stringify(row);
        assert.equal(answers.get(typed) ?? told, told, typed);
        answers.set(typed, told);
      }
      assert.equal((await search(client, '"(& !:*')).status, 200);
    });
    await server.close();
    await db.close();
  });
}
