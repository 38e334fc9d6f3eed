import { Deflate } from "fflate";
import type { ZipEntry, ZipState } from "#db/words/custody.ts";
import { RunningHash } from "./running-hash.ts";

/** A file of the zip as its manifest names it. */
export interface ZippedFile {
  name: string;
  rows: number;
  /** Of the file as it is unpacked. */
  bytes: number;
  sha256: string;
}

export const emptyZip: ZipState = { offset: 0, done: [], open: null };

/** Half of the best, at twice its speed. */
const level = 3;
const [localHeader, descriptor, directoryHeader, directoryEnd] = [0x04034b50, 0x08074b50, 0x02014b50, 0x06054b50];
/** Lengths follow the file (bit 3); names are UTF-8 (bit 11). */
const flags = 0x0808;
const method = 8;
const version = 20;
/** A deflate stream's last block, empty. */
const lastBlock = Uint8Array.of(0x03, 0x00);

const checksums = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function checksum(before: number, bytes: Uint8Array): number {
  let value = ~before;
  for (let at = 0; at < bytes.length; at++) value = (checksums[(value ^ (bytes[at] as number)) & 0xff] as number) ^ (value >>> 8);
  return ~value >>> 0;
}

/**
 * Bytes as blocks of a deflate stream that ends at a whole byte, with an empty stored block as zlib's Z_SYNC_FLUSH does, so that
 * another such stream may follow. fflate's own `flush(true)` puts that block in the wrong place where its last byte is not full (0.8.3);
 * the bits of that byte, and how many there are, are in its state.
 */
function deflated(bytes: Uint8Array): Uint8Array[] {
  const packed: Uint8Array[] = [];
  const deflate = new Deflate({ level }, (piece) => void packed.push(piece));
  deflate.push(bytes);
  deflate.flush();
  // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets nobody by a private name but so.
  const { r: rest } = deflate["s"] as { r: number };
  // Three bits say that the block is stored and not the last; then its length, and that with every bit turned.
  const spills = (rest & 7) > 5;
  packed.push(Uint8Array.of(rest >> 3, ...(spills ? [0] : []), 0x00, 0x00, 0xff, 0xff));
  return packed;
}

const encoder = new TextEncoder();

/**
 * Writes a zip (PKWARE's APPNOTE; no file or zip of 4 GB) that can be put down after any text and gone on with by another process: each
 * text is deflated by itself and ends at a byte, so that nothing but `state` and the bytes so far has to be kept.
 */
export class ZipWriter {
  readonly #time: number;
  readonly #pieces: Uint8Array[] = [];
  readonly #done: ZipState["done"];
  #open: (ZipEntry & { hash: RunningHash }) | null;
  #offset: number;
  /** Bytes that nobody has taken yet. */
  waiting = 0;

  /** `at` is the files' time, in milliseconds since 1970. */
  constructor({ offset, done, open }: ZipState, at: number) {
    this.#offset = offset;
    this.#done = [...done];
    this.#open = open && { ...open, hash: new RunningHash(open.hash) };
    this.#time = timeOf(new Date(at));
  }

  /** As of all that was written, taken or not. */
  get state(): ZipState {
    const open = this.#open && { ...this.#open, hash: this.#open.hash.state };
    return { offset: this.#offset, done: [...this.#done], open };
  }

  get files(): ZippedFile[] {
    return this.#done.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }));
  }

  /** The file that is being written. */
  get open(): { name: string; rows: number } | null {
    return this.#open;
  }

  begin(name: string): void {
    this.#open = { name, rows: 0, bytes: 0, at: this.#offset, crc: 0, packed: 0, hash: new RunningHash() };
    this.#put(
      record(30, (view) => this.#fields(view, localHeader, 4, { crc: 0, packed: 0, bytes: 0, name })),
      encoder.encode(name),
    );
  }

  /** Adds to the file that is open. `rows` is counted by whoever makes the text. */
  write(text: string, rows: number): void {
    const open = this.#expectOpen();
    const bytes = encoder.encode(text);
    open.rows += rows;
    open.bytes += bytes.length;
    open.crc = checksum(open.crc, bytes);
    open.hash.update(bytes);
    for (const packed of deflated(bytes)) this.#pack(open, packed);
  }

  /** Ends the file that is open. */
  end(): void {
    const { hash, ...entry } = this.#expectOpen();
    this.#pack(this.#expectOpen(), lastBlock);
    const { packed } = this.#expectOpen();
    const ended = { ...entry, packed, sha256: hash.digest() };
    this.#put(
      record(16, (view) => {
        for (const [at, value] of [descriptor, ended.crc, ended.packed, ended.bytes].entries()) view.setUint32(at * 4, value, true);
      }),
    );
    this.#done.push(ended);
    this.#open = null;
  }

  /** Writes the zip's directory. Nothing goes in afterwards. */
  close(): void {
    const at = this.#offset;
    for (const entry of this.#done) {
      const header = record(46, (view) => {
        this.#fields(view, directoryHeader, 6, entry);
        view.setUint16(4, version, true);
        view.setUint32(42, entry.at, true);
      });
      this.#put(header, encoder.encode(entry.name));
    }
    const size = this.#offset - at;
    this.#put(
      record(22, (view) => {
        view.setUint32(0, directoryEnd, true);
        view.setUint16(8, this.#done.length, true);
        view.setUint16(10, this.#done.length, true);
        view.setUint32(12, size, true);
        view.setUint32(16, at, true);
      }),
    );
  }

  /** What has been written since it was last taken. */
  take(): Uint8Array {
    const all = new Uint8Array(this.waiting);
    let at = 0;
    for (const piece of this.#pieces.splice(0)) {
      all.set(piece, at);
      at += piece.length;
    }
    this.waiting = 0;
    return all;
  }

  #expectOpen() {
    if (!this.#open) throw new Error("no file of the zip is open");
    return this.#open;
  }

  #pack(entry: ZipEntry, bytes: Uint8Array): void {
    entry.packed += bytes.length;
    this.#put(bytes);
  }

  #put(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#offset += piece.length;
      this.waiting += piece.length;
    }
  }

  /** What both headers of a file have, from `at` on. */
  #fields(
    view: DataView,
    signature: number,
    at: number,
    { crc, packed, bytes, name }: Pick<ZipEntry, "crc" | "packed" | "bytes" | "name">,
  ): void {
    view.setUint32(0, signature, true);
    view.setUint16(at, version, true);
    view.setUint16(at + 2, flags, true);
    view.setUint16(at + 4, method, true);
    view.setUint32(at + 6, this.#time, true);
    view.setUint32(at + 10, crc, true);
    view.setUint32(at + 14, packed, true);
    view.setUint32(at + 18, bytes, true);
    view.setUint16(at + 22, encoder.encode(name).length, true);
  }
}

function record(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

/** Time and date as MS-DOS counts them, two seconds apart, in UTC. */
const timeOf = (at: Date): number =>
  (((at.getUTCFullYear() - 1980) << 25) |
    ((at.getUTCMonth() + 1) << 21) |
    (at.getUTCDate() << 16) |
    (at.getUTCHours() << 11) |
    (at.getUTCMinutes() << 5) |
    (at.getUTCSeconds() >> 1)) >>>
  0;
