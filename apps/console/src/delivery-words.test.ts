import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultText } from './delivery-words.ts';
import { type Say, say } from './words/say.ts';

const t: Say = (word, values) => say('nb', word, values);

test('Why a message did not arrive is said in words, with the code for who must mend it', () => {
  const texts = [
    'no answer in time',
    'ECONNREFUSED',
    'HTTP 503',
    'HTTP 404',
    'HTTP 302',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'its address is not one that webhooks may reach',
    'this platform has no mail server',
    'ENEWCODE',
  ].map((fault) => faultText(t, { fault }));
  assert.deepEqual(texts, [
    'Mottakeren svarte ikke i tide.',
    'Ingen tar imot på adressen. (ECONNREFUSED)',
    'Mottakeren hadde en feil. (HTTP 503)',
    'Mottakeren kjenner ikke adressen. (HTTP 404)',
    'Mottakeren viste videre til en annen adresse. Bruk den i stedet. (HTTP 302)',
    'Mottakerens sertifikat godtas ikke. (DEPTH_ZERO_SELF_SIGNED_CERT)',
    'Plattformen får ikke sende til denne adressen.',
    'Denne plattformen har ingen e-posttjener.',
    'Det gikk ikke: ENEWCODE',
  ]);
  assert.equal(faultText(t, { fault: null }), '');
});
