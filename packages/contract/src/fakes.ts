export { FakeKernel } from './daemon/kernel.fake.ts';
export { keepLog } from './daemon/log.ts';
export { FakeDataplane } from './dataplane.fake.ts';
export {
  FakePlatform,
  type FakeRequest,
  problemAnswer,
  TEST_FINGERPRINT,
} from './machine/platform.fake.ts';
