import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import type { ZipState } from "#db/words/custody.ts";
import { RunningHash } from "#server/domain/custody/running-hash.ts";
import { emptyZip, ZipWriter } from "#server/domain/custody/zip-writer.ts";

test("a hash that is put down after any byte and taken up again is SHA-256", () => {
  const bytes = new Uint8Array(300).map((_, at) => (at * 37) % 251);
  for (let length = 0; length <= bytes.length; length += 1) {
    const part = bytes.subarray(0, length);
    const expected = createHash("sha256").update(part).digest("hex");
    for (const cut of [0, 1, 55, 56, 63, 64, 65, 128].filter((each) => each <= length)) {
      const first = new RunningHash();
      first.update(part.subarray(0, cut));
      const second = new RunningHash(JSON.parse(JSON.stringify(first.state)));
      second.update(part.subarray(cut));
      expect({ length, cut, hash: second.digest() }).toEqual({ length, cut, hash: expected });
    }
  }
});

test("a zip that another process goes on with after every text is one that other programs read", () => {
  const at = Date.UTC(2026, 2, 4, 5, 6, 8);
  const files: Record<string, string[]> = {
    "empty.json": [],
    "é.csv": ["\uFEFFa,b\r\n", "1,2\r\n".repeat(5000), "", "ü,3\r\n"],
    // Where a text ends within a byte is where the next one begins.
    "lengths.txt": Array.from({ length: 400 }, (_, n) => "wie es so geht, und geht; 0123456789".repeat(12).slice(n % 7, n)),
    "random.txt": Array.from({ length: 20 }, (_, n) => createHash("sha512").update(String(n)).digest("base64").repeat(n)),
  };
  let state: ZipState = emptyZip;
  const pieces: Uint8Array[] = [];
  const through = (work: (zip: ZipWriter) => void) => {
    const zip = new ZipWriter(state, at);
    work(zip);
    pieces.push(zip.take());
    state = JSON.parse(JSON.stringify(zip.state));
  };
  for (const [name, texts] of Object.entries(files)) {
    through((zip) => zip.begin(name));
    for (const text of texts) through((zip) => zip.write(text, 1));
    through((zip) => zip.end());
  }
  through((zip) => zip.close());
  const whole = Buffer.concat(pieces);
  expect(whole.length).toBe(state.offset);
  expect(
    Object.fromEntries(Object.entries(unzipSync(whole)).map(([name, bytes]) => [name, strFromU8(bytes).replace(/^\uFEFF/, "")])),
  ).toEqual(Object.fromEntries(Object.entries(files).map(([name, texts]) => [name, texts.join("").replace(/^\uFEFF/, "")])));
  for (const { name, rows, bytes, sha256 } of state.done) {
    const text = Buffer.from((files[name] ?? []).join(""));
    expect({ name, rows, bytes, sha256 }).toEqual({
      name,
      rows: files[name]?.length,
      bytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
    });
  }
  // Checksums, lengths and times as another implementation sees them.
  const dir = mkdtempSync(join(tmpdir(), "atrium-zip-"));
  try {
    writeFileSync(join(dir, "a.zip"), whole);
    const script =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), [(i.filename, i.file_size, i.date_time) for i in z.infolist()])";
    const said = execFileSync("python3", ["-c", script, join(dir, "a.zip")], { encoding: "utf8" });
    expect(said).toContain("None [('empty.json', 0, (2026, 3, 4, 5, 6, 8)), ('é.csv', 25");
  } finally {
    rmSync(dir, { recursive: true });
  }
});
