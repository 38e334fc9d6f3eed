import { decodeBase64, encodeBase64, encodeHexLowerCase } from "@oslojs/encoding";
import type { HashState } from "#db/words/custody.ts";

const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0),
);
const fraction = (value: number) => Math.floor((value % 1) * 2 ** 32) | 0;
/** The constants of FIPS 180-4: fractions of the roots of the first primes. */
const rounds = Int32Array.from(primes.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));
const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

const turned = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/** SHA-256 that can be put down between two pieces and taken up again by another process, which no library's can. */
export class RunningHash {
  readonly #words: Int32Array;
  readonly #schedule = new Int32Array(64);
  #length: number;
  #rest: Uint8Array;

  constructor(state: HashState | null = null) {
    this.#words = Int32Array.from(state?.words ?? start);
    this.#length = state?.length ?? 0;
    this.#rest = state ? decodeBase64(state.rest) : new Uint8Array();
  }

  get state(): HashState {
    return { words: [...this.#words], length: this.#length, rest: encodeBase64(this.#rest) };
  }

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const whole = all.length - (all.length % 64);
    const view = new DataView(all.buffer);
    for (let at = 0; at < whole; at += 64) this.#mix(view, at);
    this.#rest = all.slice(whole);
  }

  /** The hash in hex. Nothing more goes in afterwards. */
  digest(): string {
    const bits = this.#length * 8;
    const end = new Uint8Array((this.#rest.length < 56 ? 64 : 128) - this.#rest.length);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits >>> 0);
    this.update(end);
    const hash = new Uint8Array(32);
    for (const [at, word] of this.#words.entries()) new DataView(hash.buffer).setInt32(at * 4, word);
    return encodeHexLowerCase(hash);
  }

  /** One block. Written out in single variables: a tenth of the time that lists of them take. */
  #mix(view: DataView, from: number): void {
    const w = this.#schedule;
    const words = this.#words;
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(from + i * 4);
    for (let i = 16; i < 64; i++) {
      const early = w[i - 15] as number;
      const late = w[i - 2] as number;
      const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      w[i] = ((w[i - 16] as number) + small + (w[i - 7] as number) + large) | 0;
    }
    let a = words[0] as number;
    let b = words[1] as number;
    let c = words[2] as number;
    let d = words[3] as number;
    let e = words[4] as number;
    let f = words[5] as number;
    let g = words[6] as number;
    let h = words[7] as number;
    for (let i = 0; i < 64; i++) {
      const mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const one = (h + mixed + ((e & f) ^ (~e & g)) + (rounds[i] as number) + (w[i] as number)) | 0;
      const two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    words[0] = (words[0] as number) + a;
    words[1] = (words[1] as number) + b;
    words[2] = (words[2] as number) + c;
    words[3] = (words[3] as number) + d;
    words[4] = (words[4] as number) + e;
    words[5] = (words[5] as number) + f;
    words[6] = (words[6] as number) + g;
    words[7] = (words[7] as number) + h;
  }
}
