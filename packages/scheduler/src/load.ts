import { TRAFFIC_CLASS_NAMES, type TrafficClass } from '@rmh/base';

/** What a path carries of each class, over the last quarter to half of a second. */
export class Load {
  readonly #bytes = new Float64Array(CLASSES);
  readonly #bytesBefore = new Float64Array(CLASSES);
  #sinceUs = Number.NEGATIVE_INFINITY;

  /** So many bytes left. */
  note(trafficClass: TrafficClass, bytes: number, nowUs: number): void {
    this.#turn(nowUs);
    this.#bytes[trafficClass] = (this.#bytes[trafficClass] as number) + bytes;
  }

  /** What classes more urgent than this one take of the path, bytes/s. */
  before(trafficClass: TrafficClass, nowUs: number): number {
    this.#turn(nowUs);
    let bytes = 0;
    for (let each = 0; each < trafficClass; each++) {
      bytes += (this.#bytes[each] as number) + (this.#bytesBefore[each] as number);
    }
    return (bytes * 1e6) / (SPAN_US + nowUs - this.#sinceUs);
  }

  #turn(nowUs: number): void {
    const spans = (nowUs - this.#sinceUs) / SPAN_US;
    if (spans < 1) return;
    if (spans < 2) this.#bytesBefore.set(this.#bytes);
    else this.#bytesBefore.fill(0);
    this.#bytes.fill(0);
    this.#sinceUs = spans < 2 ? this.#sinceUs + SPAN_US : nowUs;
  }
}

const CLASSES = TRAFFIC_CLASS_NAMES.length;
const SPAN_US = 250_000;
