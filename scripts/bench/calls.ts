import { createServer } from "node:http";
import type { RunWork } from "./floor-worker.ts";

/** Stands before the sandbox for a moment and notes what is asked of it. */
export async function startListener(target: string): Promise<{ url: string; calls: RunWork["calls"]; stop(): void }> {
  const calls: RunWork["calls"] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const kept = ["authorization", "x-shopify-access-token", "content-type", "accept"];
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => kept.includes(name))) as Record<string, string>;
    const call = { url: `${target}${request.url}`, method: request.method ?? "GET", headers, body };
    calls.push(call);
    const answer = await fetch(call.url, { method: call.method, headers, ...(body && { body }) });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "application/json" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, calls, stop: () => void server.close() };
}
