export { fakeAead } from './aead.fake.ts';
