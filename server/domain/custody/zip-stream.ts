import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { Zip, ZipDeflate } from "fflate";

/** A file of the zip as its manifest names it. */
export interface ZippedFile {
  name: string;
  rows: number;
  /** Of the file as it is unpacked. */
  bytes: number;
  sha256: string;
}

/** Writes a zip file by file; what is ready is handed out in pieces of one size, the last one smaller. */
export class ZipStream {
  readonly #zip: Zip;
  readonly #at: number;
  readonly #pieceBytes: number;
  readonly #put: (piece: Uint8Array, seq: number) => Promise<void>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #seq = 0;
  bytes = 0;

  /** `at` is the files' time; `put` keeps a piece, `pieceBytes` long. */
  constructor({ at, pieceBytes, put }: { at: number; pieceBytes: number; put: (piece: Uint8Array, seq: number) => Promise<void> }) {
    this.#at = at;
    this.#pieceBytes = pieceBytes;
    this.#put = put;
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#waiting.push(chunk);
      this.#waitingBytes += chunk.length;
    });
  }

  /** Adds a file of these texts, as they come. `rows` is counted by whoever makes them. */
  async add(name: string, texts: AsyncIterable<{ text: string; rows: number }>): Promise<ZippedFile> {
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = this.#at;
    this.#zip.add(file);
    const hash = new SHA256();
    const encoder = new TextEncoder();
    const facts = { name, rows: 0, bytes: 0 };
    for await (const { text, rows } of texts) {
      const bytes = encoder.encode(text);
      hash.update(bytes);
      facts.rows += rows;
      facts.bytes += bytes.length;
      file.push(bytes);
      await this.#flush(this.#pieceBytes);
    }
    file.push(new Uint8Array(0), true);
    return { ...facts, sha256: encodeHexLowerCase(hash.digest()) };
  }

  /** Writes the zip's directory and hands out what is left. */
  async end(): Promise<void> {
    this.#zip.end();
    await this.#flush(1);
  }

  /** Hands out whole pieces, and with `atLeast` 1 the last one too. */
  async #flush(atLeast: number): Promise<void> {
    while (this.#waitingBytes >= atLeast) {
      const all = joined(this.#waiting, this.#waitingBytes);
      const piece = all.subarray(0, this.#pieceBytes);
      const rest = all.subarray(piece.length);
      this.#waiting = rest.length > 0 ? [rest] : [];
      this.#waitingBytes = rest.length;
      this.bytes += piece.length;
      await this.#put(piece.slice(), this.#seq++);
    }
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
