import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Miniflare } from "miniflare";
import { workerOptions } from "#scripts/worker-options.ts";
import { callRecorder, d1Recorder, type RoundTrip, recorderMark } from "./recorder-script.ts";

const root = resolve(import.meta.dirname, "../..");

export interface Recorder {
  /**
   * What this address makes the Worker ask of D1 and of others, learnt from its second request: the first also writes what is written once
   * an hour (who was there, who was active), and a floor that did so with every request would flatter us.
   */
  roundTripsOf(url: string, headers: Record<string, string>): Promise<RoundTrip[]>;
  /** The same of a request that cannot be sent twice. */
  roundTripsOfOne(url: string, headers: Record<string, string>): Promise<RoundTrip[]>;
  /** The Worker, to begin with what is recorded after it. */
  fetch: typeof fetch;
  /** How many rows a request for this address reads, the second one as above. */
  rowsReadBy(url: string, headers: Record<string, string>): Promise<number>;
  /** How many rows one fire of the Cron Trigger read. */
  rowsReadByTick(): Promise<number>;
  /** Its D1, unheard. */
  db(): Promise<D1Database>;
  stop(): Promise<void>;
}

type Printed = RoundTrip | { rowsRead: number };

const rowsIn = (lines: readonly Printed[]) => lines.reduce((sum, line) => sum + ("rowsRead" in line ? line.rowsRead : 0), 0);

/** The production build on this data, with its D1 listened to. Nothing is measured in time here. */
export async function startRecorder(dataDir: string, variables: Record<string, string>): Promise<Recorder> {
  const { assets: _, d1Databases, queueConsumers: __, ...worker } = workerOptions();
  const script = resolve(root, "build/worker/app.js");
  let printed: Printed[] = [];
  const miniflare = new Miniflare({
    d1Persist: resolve(dataDir, "d1"),
    handleRuntimeStdio: (out: NodeJS.ReadableStream, err: NodeJS.ReadableStream) => {
      let rest = "";
      out.setEncoding("utf8");
      out.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.startsWith(recorderMark)) printed.push(JSON.parse(line.slice(recorderMark.length)) as Printed);
      });
      err.pipe(process.stderr);
    },
    workers: [
      {
        ...worker,
        name: "atrium",
        modulesRoot: root,
        modules: [{ type: "ESModule", path: script, contents: `${callRecorder}${await readFile(script, "utf8")}` }],
        bindings: { ...worker.bindings, ...variables },
        wrappedBindings: { DB: "recorder" },
      },
      { name: "recorder", modules: true, script: d1Recorder, d1Databases },
      { name: "beside", modules: true, script: "export default {}", d1Databases },
    ],
  });
  await miniflare.ready;
  /** Lines come by a pipe, a moment after what they tell of. */
  const printedBy = async (work: () => Promise<unknown>) => {
    printed = [];
    await work();
    await new Promise((done) => setTimeout(done, 300));
    return printed;
  };
  const opening = (url: string, headers: Record<string, string>, expect: number) =>
    printedBy(async () => {
      const answer = await miniflare.dispatchFetch(url, { headers, redirect: "manual" });
      const text = await answer.text();
      if (answer.status !== expect) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 200)}`);
    });
  const secondOpening = async (url: string, headers: Record<string, string>) => {
    await opening(url, headers, 200);
    return opening(url, headers, 200);
  };
  const tripsIn = (lines: readonly Printed[]) => lines.filter((line): line is RoundTrip => "wave" in line);
  return {
    roundTripsOf: async (url, headers) => tripsIn(await secondOpening(url, headers)),
    roundTripsOfOne: async (url, headers) => tripsIn(await opening(url, headers, 303)),
    fetch: miniflare.dispatchFetch as unknown as typeof fetch,
    rowsReadBy: async (url, headers) => rowsIn(await secondOpening(url, headers)),
    rowsReadByTick: async () => rowsIn(await printedBy(async () => (await miniflare.getWorker("atrium")).scheduled({ cron: "* * * * *" }))),
    db: () => miniflare.getD1Database("DB", "beside"),
    stop: () => miniflare.dispose(),
  };
}
