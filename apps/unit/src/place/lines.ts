// A stream of text cut into lines, in bounded memory. Pure.

/** gpsd's own bound is 10,240 (GPS_JSON_RESPONSE_MAX); its reports of a place have about 400. */
export const LINE_CHARACTERS_MAX = 16_384;

export class Lines {
  #held = '';
  #isTooLong = false;

  /** The lines that this piece completes. One that is too long is dropped whole. */
  take(piece: string): string[] {
    const [first = '', ...more] = piece.split('\n');
    const lines: string[] = [];
    this.#hold(first);
    for (const next of more) {
      if (!this.#isTooLong) lines.push(this.#held);
      this.#held = '';
      this.#isTooLong = false;
      this.#hold(next);
    }
    return lines;
  }

  #hold(text: string): void {
    this.#isTooLong ||= this.#held.length + text.length > LINE_CHARACTERS_MAX;
    this.#held = this.#isTooLong ? '' : this.#held + text;
  }
}
